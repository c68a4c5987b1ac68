namespace Rsvp.Worker.Decisions;

/// <summary>Where a party stands.</summary>
internal enum RsvpStatus
{
    Confirmed,
    Waitlisted,
    Offered,
    Cancelled,
}

/// <summary>One party's answer to one activity.</summary>
internal sealed record RsvpState
{
    public required Guid Id { get; init; }

    public required Guid ActivityId { get; init; }

    public required Guid UserId { get; init; }

    public required RsvpStatus Status { get; init; }

    public required int GuestCount { get; init; }

    public string? SpecialRequirements { get; init; }

    public Guid? GroupId { get; init; }

    /// <summary>The party's own id, or its all-or-nothing group's: what stands in line as one.</summary>
    public required Guid PlaceId { get; init; }

    /// <summary>Its place in line; null unless waitlisted.</summary>
    public LinePlace? Place { get; init; }

    public DateTimeOffset? OfferExpiresAt { get; init; }

    /// <summary>When the owner is to be reminded of the open offer; null when that was done, or nothing is offered.</summary>
    public DateTimeOffset? OfferRemindAt { get; init; }

    /// <summary>Whether an offer that nobody answered ended the RSVP.</summary>
    public bool OfferExpired { get; init; }

    /// <summary>People of the party that a host let in beyond capacity.</summary>
    public int OverrideSpots { get; init; }

    public DateTimeOffset? CheckedInAt { get; init; }

    public Guid? CheckedInBy { get; init; }

    public required long Version { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public int PartySize => GuestCount + 1;

    public bool IsActive => Status != RsvpStatus.Cancelled;

    /// <summary>Seats the party takes: confirmed or held by an offer.</summary>
    public int SeatsTaken => Status is RsvpStatus.Confirmed or RsvpStatus.Offered ? PartySize : 0;
}

/// <summary>A place in line.</summary>
/// <param name="LineKey">Its order; smaller is earlier.</param>
/// <param name="LineSeq">The log seq since which it stands there.</param>
/// <param name="Spots">People in the whole place: the party, or all of a waiting group.</param>
/// <param name="IsMoved">Whether it stands elsewhere than where it joined: others who joined later may stand ahead of it.</param>
internal sealed record LinePlace(long LineKey, long LineSeq, int Spots, bool IsMoved = false);
