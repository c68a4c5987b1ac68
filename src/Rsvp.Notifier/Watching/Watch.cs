namespace Rsvp.Notifier.Watching;

/// <summary>One connection at one activity: what it watches there, and what it was told last.</summary>
internal sealed class Watch(Watcher watcher)
{
    internal Watcher Watcher { get; } = watcher;

    /// <summary>Watches the activity over the hub: capacity, the length of the line, and the watcher's own RSVP.</summary>
    internal bool WatchesActivity { get; set; }

    /// <summary>Watches the capacity alone.</summary>
    internal bool WatchesCapacity { get; set; }

    internal bool TakesCapacity => WatchesActivity || WatchesCapacity;

    /// <summary>The version of the counts told last; 0 before the first.</summary>
    internal long CapacityVersion { get; set; }

    /// <summary>The revision of the line's length told last; 0 before the first.</summary>
    internal long WaitlistRevision { get; set; }

    /// <summary>No counts are told before, on the loop's clock.</summary>
    internal TimeSpan NotBefore { get; set; }

    /// <summary>RSVPs that this connection is told of.</summary>
    internal Dictionary<Guid, WatchLink> Links { get; } = [];

    /// <summary>Those with something to tell, in the order in which they changed.</summary>
    internal Queue<WatchLink> Due { get; } = [];

    /// <summary>When the last few statuses were told, oldest first.</summary>
    internal Queue<TimeSpan> StatusTimes { get; } = [];

    internal bool IsEmpty => !TakesCapacity && Links.Count == 0;
}

/// <summary>One connection that is told of one RSVP.</summary>
internal sealed class WatchLink(Watch watch, RsvpView rsvp)
{
    internal Watch Watch { get; } = watch;

    internal RsvpView Rsvp { get; } = rsvp;

    /// <summary>Asked for by name; not only because the owner watches the activity.</summary>
    internal bool IsNamed { get; set; }

    /// <summary>Whether it stands in <see cref="Watch.Due"/>.</summary>
    internal bool IsDue { get; set; }

    /// <summary>False once the link was cut, so that what stands in a queue is skipped.</summary>
    internal bool IsLive { get; set; } = true;

    /// <summary>Rests on being a host; an owner's or an administrator's right does not end.</summary>
    internal bool NeedsHost => Rsvp.UserId != Watch.Watcher.UserId && !Watch.Watcher.IsAdmin;

    /// <summary>True while it must be checked again whether the watcher is still a host; nothing is told meanwhile.</summary>
    internal bool IsSuspended { get; set; }
}
