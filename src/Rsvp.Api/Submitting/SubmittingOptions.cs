using System.ComponentModel.DataAnnotations;

namespace Rsvp.Api.Submitting;

/// <summary>How commands are gathered and sent; section <c>Submitting</c>.</summary>
internal sealed class SubmittingOptions
{
    /// <summary>Commands in one batch, a group counting its members; default 512, 1 to 10,000. More does not make a transaction cheaper per command, only longer.</summary>
    [Range(1, 10_000)]
    public int BatchCommandsMax { get; set; } = 512;

    /// <summary>Estimated bytes in one batch; default 512 KiB, 1 KiB to 16 MiB. Keeps a message well below what a broker likes to hold in memory. One command may be larger and then goes alone.</summary>
    [Range(1024, 16 * 1024 * 1024)]
    public int BatchBytesMax { get; set; } = 512 * 1024;

    /// <summary>Longest wait for the previous batch to be applied before the next one goes, unless that is full; default 100 ms, 0 to 1 s. Longer makes larger batches and slower answers when replies get lost.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:01")]
    public TimeSpan Linger { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest time from taking a command to saying what became of it; default 2 s (the contract's), 100 ms to 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:00:10")]
    public TimeSpan ConfirmTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Commands that wait in one partition's channel; default 4,000, 1 to 1,000,000: about what one partition applies within <see cref="ConfirmTimeout"/> at its best, so that nobody is let in only to be turned away late.</summary>
    [Range(1, 1_000_000)]
    public int ChannelCommandsMax { get; set; } = 4_000;

    /// <summary>Estimated bytes that wait in one partition's channel; default 8 MiB, 64 KiB to 1 GiB. Bounds memory when commands are large.</summary>
    [Range(64 * 1024, 1024 * 1024 * 1024)]
    public long ChannelBytesMax { get; set; } = 8 * 1024 * 1024;

    /// <summary>Wait between looks at a broker that is away; default 500 ms, 50 ms to 10 s. Also the bound on how late its return is noticed.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:00:10")]
    public TimeSpan ProbeInterval { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Quiet time after which the broker is looked at though nothing is wrong; default 5 s, 1 s to 1 min. Readiness is at most this old.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan IdleProbeInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest that a start waits for the broker before the API listens and refuses commands; default 10 s, 0 to 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan StartPatience { get; set; } = TimeSpan.FromSeconds(10);
}
