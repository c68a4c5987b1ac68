using System.ComponentModel.DataAnnotations;

namespace Rsvp.Notifier.Watching;

/// <summary>How watchers are told and what one of them may ask for; section <c>Push</c>.</summary>
internal sealed class PushOptions
{
    /// <summary>Origins besides <c>Public:Origin</c> whose pages may connect, such as <c>https://app.example.org</c>; default none.</summary>
    public IList<string> AllowedOrigins { get; } = [];

    /// <summary>The shortest time between two updates of one kind about one activity; default 125 ms, which keeps the promise of 10 a second with the snapshot counted in.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:00:10")]
    public TimeSpan UpdateInterval { get; set; } = TimeSpan.FromMilliseconds(125);

    /// <summary>The shortest time between two looks at the positions in one line; default 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan PositionInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How often the versions of everything watched are compared with the database, in case a message was lost, and the connections of deleted users ended; default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan ReconcileInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a client may take nothing of what waits for it before it is dropped; default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Connections that one user may have at a notifier, which is always the same one for a user; default 50: many tabs on several devices.</summary>
    [Range(1, 10_000)]
    public int ConnectionsPerUserMax { get; set; } = 50;

    /// <summary>Activities and RSVPs that one connection may watch; default 200.</summary>
    [Range(1, 10_000)]
    public int WatchesMax { get; set; } = 200;

    /// <summary>Calls that one connection may make at once; default 400: every watch of <see cref="WatchesMax"/> set and taken back.</summary>
    [Range(1, 100_000)]
    public int CallBurstMax { get; set; } = 400;

    /// <summary>Calls a second that one connection may make in the long run; default 20.</summary>
    [Range(1, 10_000)]
    public int CallsPerSecondMax { get; set; } = 20;
}
