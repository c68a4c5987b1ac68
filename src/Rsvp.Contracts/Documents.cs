namespace Rsvp.Contracts;

/// <summary>An RSVP as clients read it.</summary>
public sealed record RsvpDocument
{
    /// <summary>The RSVP.</summary>
    public required Guid Id { get; init; }

    /// <summary>Its activity.</summary>
    public required Guid ActivityId { get; init; }

    /// <summary>Its owner.</summary>
    public required Guid UserId { get; init; }

    /// <summary><c>confirmed</c>, <c>waitlisted</c>, <c>offered</c> or <c>cancelled</c>.</summary>
    public required string Status { get; init; }

    /// <summary>People the owner brings along.</summary>
    public required int GuestCount { get; init; }

    /// <summary>People in the party, the owner included.</summary>
    public required int PartySize { get; init; }

    /// <summary>Free text; null when there is none.</summary>
    public string? SpecialRequirements { get; init; }

    /// <summary>Rank of its place in line, 1 is next; null unless waitlisted.</summary>
    public int? WaitlistPosition { get; init; }

    /// <summary>Until when the offer stands, UTC; null unless offered.</summary>
    public DateTimeOffset? OfferExpiresAt { get; init; }

    /// <summary>The group it was registered with; null when alone.</summary>
    public Guid? GroupId { get; init; }

    /// <summary>Whether the party is checked in.</summary>
    public bool CheckedIn { get; init; }

    /// <summary>When it was checked in, UTC; null unless <see cref="CheckedIn"/>.</summary>
    public DateTimeOffset? CheckInTime { get; init; }

    /// <summary>When the RSVP was first made, UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it last changed, UTC.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>The RSVP's own version: ETag and If-Match.</summary>
    public required long Version { get; init; }
}

/// <summary>Live counts of an activity, in people.</summary>
public sealed record CapacityDocument
{
    /// <summary>The activity.</summary>
    public required Guid ActivityId { get; init; }

    /// <summary>People it can hold; null unlimited.</summary>
    public int? Capacity { get; init; }

    /// <summary>People confirmed.</summary>
    public required int Confirmed { get; init; }

    /// <summary>People whose seats are held by an open offer.</summary>
    public required int Offered { get; init; }

    /// <summary>Seats nobody has: max(0, capacity − confirmed − offered); null when unlimited.</summary>
    public int? Available { get; init; }

    /// <summary>People in line.</summary>
    public required int Waitlisted { get; init; }

    /// <summary>People checked in.</summary>
    public required int CheckedIn { get; init; }

    /// <summary>The activity's version; rises with every change that a document shows.</summary>
    public required long Version { get; init; }
}

/// <summary>An activity as clients read it: settings as flat members, and live counts.</summary>
public sealed record ActivityDocument
{
    /// <summary>The activity.</summary>
    public required Guid Id { get; init; }

    /// <summary>Its title.</summary>
    public required string Title { get; init; }

    /// <summary><c>scheduled</c> or <c>cancelled</c>.</summary>
    public required string Status { get; init; }

    /// <inheritdoc cref="ActivitySettings.StartsAt"/>
    public required DateTimeOffset StartsAt { get; init; }

    /// <inheritdoc cref="ActivitySettings.EndsAt"/>
    public DateTimeOffset? EndsAt { get; init; }

    /// <inheritdoc cref="ActivitySettings.Capacity"/>
    public int? Capacity { get; init; }

    /// <inheritdoc cref="ActivitySettings.MaxPartySize"/>
    public required int MaxPartySize { get; init; }

    /// <inheritdoc cref="ActivitySettings.MaxGroupSize"/>
    public required int MaxGroupSize { get; init; }

    /// <inheritdoc cref="ActivitySettings.WaitlistEnabled"/>
    public required bool WaitlistEnabled { get; init; }

    /// <inheritdoc cref="ActivitySettings.WaitlistLimit"/>
    public int? WaitlistLimit { get; init; }

    /// <inheritdoc cref="ActivitySettings.SkipLimit"/>
    public int? SkipLimit { get; init; }

    /// <inheritdoc cref="ActivitySettings.PromotionMode"/>
    public required string PromotionMode { get; init; }

    /// <inheritdoc cref="ActivitySettings.OfferMinutes"/>
    public required double OfferMinutes { get; init; }

    /// <inheritdoc cref="ActivitySettings.PromotionCutoffMinutes"/>
    public required int PromotionCutoffMinutes { get; init; }

    /// <inheritdoc cref="ActivitySettings.RegistrationOpensAt"/>
    public DateTimeOffset? RegistrationOpensAt { get; init; }

    /// <summary>When asking ends, UTC.</summary>
    public required DateTimeOffset RegistrationClosesAt { get; init; }

    /// <inheritdoc cref="ActivitySettings.ParticipantsVisible"/>
    public required bool ParticipantsVisible { get; init; }

    /// <summary>People confirmed.</summary>
    public required int Confirmed { get; init; }

    /// <summary>People whose seats are held by an open offer.</summary>
    public required int Offered { get; init; }

    /// <summary>Seats nobody has; null when unlimited.</summary>
    public int? Available { get; init; }

    /// <summary>People in line.</summary>
    public required int Waitlisted { get; init; }

    /// <summary>People checked in.</summary>
    public required int CheckedIn { get; init; }

    /// <summary>Places in line.</summary>
    public required int WaitlistLength { get; init; }

    /// <summary>When it was opened, UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its settings last changed, UTC.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>The activity's version.</summary>
    public required long Version { get; init; }
}
