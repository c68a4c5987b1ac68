using Rsvp.Contracts;

namespace Rsvp.Cli.Watch;

/// <summary>What a link to the push service tells, in the order in which it came.</summary>
/// <param name="At">When it came, UTC.</param>
internal abstract record WatchEvent(DateTimeOffset At)
{
    /// <summary>The watch is granted; its snapshot has come or is on its way.</summary>
    internal sealed record Connected(DateTimeOffset At) : WatchEvent(At);

    /// <summary>There is no connection, and another one is tried.</summary>
    internal sealed record Lost(DateTimeOffset At, string Reason) : WatchEvent(At);

    /// <summary>The activity's counts.</summary>
    internal sealed record Counts(DateTimeOffset At, CapacityDocument Document) : WatchEvent(At);

    /// <summary>The length of the activity's line.</summary>
    internal sealed record Line(DateTimeOffset At, LineUpdate Document) : WatchEvent(At);
}

/// <summary>The length of a line, as it is pushed.</summary>
/// <param name="ActivityId">The activity.</param>
/// <param name="Length">Places in line.</param>
/// <param name="Version">The activity's version.</param>
internal sealed record LineUpdate(Guid ActivityId, int Length, long Version);
