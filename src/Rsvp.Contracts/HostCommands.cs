namespace Rsvp.Contracts;

/// <summary>Makes a user a host of the activity.</summary>
public sealed record AddHost
{
    /// <summary>The new host.</summary>
    public required Guid UserId { get; init; }
}

/// <summary>Takes a host's rights; the last host stays.</summary>
public sealed record RemoveHost
{
    /// <summary>The host to remove.</summary>
    public required Guid UserId { get; init; }
}

/// <summary>A host ends a party's RSVP; <see cref="Command.RsvpUserId"/> is its owner.</summary>
public sealed record RemoveRsvp
{
    /// <summary>Why, at most 500 code points; null when not said.</summary>
    public string? Reason { get; init; }
}

/// <summary>Calls the activity off: nobody gets in any more, and every RSVP ends.</summary>
public sealed record CancelActivity
{
    /// <summary>Why, at most 500 code points; null when not said.</summary>
    public string? Reason { get; init; }
}

/// <summary>Ends the next RSVPs of an activity that was called off; sent by the system until none is left.</summary>
public sealed record EndRsvps
{
    /// <summary>The host who called it off.</summary>
    public required Guid HostId { get; init; }

    /// <summary>What was said about it.</summary>
    public string? Reason { get; init; }
}

/// <summary>A host lets waiting places in: the next ones, or those named. Follows the promotion mode, not the cut-off.</summary>
public sealed record PromoteWaitlist
{
    /// <summary>How many of the next places that fit, 1 to 500; null when places are named.</summary>
    public int? Count { get; init; }

    /// <summary>At most 500 RSVPs, whose places are let in in this order; empty when <see cref="Count"/> says how many.</summary>
    public IReadOnlyList<Guid> RsvpIds { get; set; } = [];

    /// <summary>Whether named places may go beyond the capacity, on record.</summary>
    public bool OverrideCapacity { get; init; }

    /// <summary>The host in whose name the system goes on after a release of no-shows; null when a host asks.</summary>
    public Guid? HostId { get; init; }
}

/// <summary>A host does one thing to many waiting parties.</summary>
public sealed record BulkWaitlist
{
    /// <summary><c>promote</c>, <c>remove</c> or <c>move</c>.</summary>
    public required string Action { get; init; }

    /// <summary>1 to 500 RSVPs, in the order in which they are taken.</summary>
    public required IReadOnlyList<Guid> RsvpIds { get; init; }

    /// <summary>For <c>move</c>: the position of the first of them, 1 is next; beyond the end means the end.</summary>
    public int? ToPosition { get; init; }

    /// <summary>Why, at most 500 code points; null when not said.</summary>
    public string? Reason { get; init; }

    /// <summary>True: only say what would happen.</summary>
    public bool DryRun { get; init; }
}

/// <summary>A confirmed party has come; <see cref="Command.RsvpUserId"/> is its owner.</summary>
public sealed record CheckIn;

/// <summary>Takes a check-in back; <see cref="Command.RsvpUserId"/> is the owner.</summary>
public sealed record UndoCheckIn;

/// <summary>Somebody came without asking before: confirmed and checked in at once, if there is room and nobody waits.</summary>
public sealed record WalkIn
{
    /// <summary>Who came.</summary>
    public required Guid UserId { get; init; }

    /// <summary>People they brought along; 0 to 99.</summary>
    public int GuestCount { get; init; }
}

/// <summary>After the start: ends the confirmed parties that have not come, and lets the line in.</summary>
public sealed record ReleaseNoShows
{
    /// <summary>The host in whose name the system goes on with what is left; null when a host asks.</summary>
    public Guid? HostId { get; init; }

    /// <summary>When the host asked, where the system goes on: who was let in since then stays. Null when a host asks.</summary>
    public DateTimeOffset? AskedAt { get; init; }
}
