using System.ComponentModel.DataAnnotations;

namespace Rsvp.Api.Views;

/// <summary>How views are counted; section <c>Views</c>.</summary>
internal sealed class ViewOptions
{
    /// <summary>Time between writes; default 5 s, 100 ms to 1 min. What was counted since is lost with the process.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan FlushInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Views that wait to be written; default 100,000 (about 10 MB), 1 to 1,000,000. More are dropped: no figure is worth the memory.</summary>
    [Range(1, 1_000_000)]
    public int PendingMax { get; set; } = 100_000;
}
