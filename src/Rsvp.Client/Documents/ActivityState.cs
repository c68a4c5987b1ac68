namespace Rsvp.Client;

/// <summary>An activity as one watches it: the newest of everything that was pushed.</summary>
public sealed record ActivityState
{
    /// <summary>Whether changes come at present; while they do not, what is here may be old.</summary>
    public required bool IsConnected { get; init; }

    /// <summary>Seats and people; null before the first snapshot.</summary>
    public ActivityCounts? Counts { get; init; }

    /// <summary>Places in line; null before the first snapshot.</summary>
    public int? WaitlistLength { get; init; }

    /// <summary>The watcher's own place; null without one.</summary>
    public PlaceStatus? Own { get; init; }
}

/// <summary>Live counts of an activity, in people.</summary>
public sealed record ActivityCounts
{
    /// <summary>The activity.</summary>
    public required Guid ActivityId { get; init; }

    /// <summary>People it can hold; null unlimited.</summary>
    public int? Capacity { get; init; }

    /// <summary>People confirmed.</summary>
    public int Confirmed { get; init; }

    /// <summary>People whose seats are held by an open offer.</summary>
    public int Offered { get; init; }

    /// <summary>Seats nobody has; null when unlimited.</summary>
    public int? Available { get; init; }

    /// <summary>People in line.</summary>
    public int Waitlisted { get; init; }

    /// <summary>People checked in.</summary>
    public int CheckedIn { get; init; }

    /// <summary>The activity's version.</summary>
    public required long Version { get; init; }
}

/// <summary>Where somebody's RSVP stands.</summary>
public sealed record PlaceStatus
{
    /// <summary>The RSVP.</summary>
    public required Guid RsvpId { get; init; }

    /// <summary>Its activity.</summary>
    public required Guid ActivityId { get; init; }

    /// <summary><c>confirmed</c>, <c>waitlisted</c>, <c>offered</c> or <c>cancelled</c>.</summary>
    public required string Status { get; init; }

    /// <summary>Rank of its place in line, 1 is next; null unless waitlisted.</summary>
    public int? WaitlistPosition { get; init; }

    /// <summary>Until when the offer stands, UTC; null unless offered.</summary>
    public DateTimeOffset? OfferExpiresAt { get; init; }

    /// <summary>The activity's version.</summary>
    public required long Version { get; init; }
}
