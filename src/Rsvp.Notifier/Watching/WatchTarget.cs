namespace Rsvp.Notifier.Watching;

/// <summary>What a connection watches: an activity with everything the hub tells of it, its capacity alone, or one RSVP.</summary>
internal readonly record struct WatchTarget(WatchKind Kind, Guid Id)
{
    internal static WatchTarget Activity(Guid activityId) => new(WatchKind.Activity, activityId);

    internal static WatchTarget Capacity(Guid activityId) => new(WatchKind.Capacity, activityId);

    internal static WatchTarget Rsvp(Guid rsvpId) => new(WatchKind.Rsvp, rsvpId);
}

internal enum WatchKind
{
    /// <summary>Capacity, length of the line, and the watcher's own RSVP.</summary>
    Activity,

    /// <summary>Capacity alone.</summary>
    Capacity,

    /// <summary>The status of one RSVP.</summary>
    Rsvp,
}
