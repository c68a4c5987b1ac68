namespace Rsvp.Api.Users;

/// <summary>One of a person's own RSVPs: the RSVP document, and what it is to.</summary>
internal sealed record MyRsvp
{
    public required Guid Id { get; init; }

    public required Guid ActivityId { get; init; }

    public required Guid UserId { get; init; }

    public required string Status { get; init; }

    public required int GuestCount { get; init; }

    public required int PartySize { get; init; }

    public string? SpecialRequirements { get; init; }

    public int? WaitlistPosition { get; init; }

    public DateTimeOffset? OfferExpiresAt { get; init; }

    public Guid? GroupId { get; init; }

    public bool CheckedIn { get; init; }

    public DateTimeOffset? CheckInTime { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public required long Version { get; init; }

    /// <summary>What it is to.</summary>
    public MyActivity? Activity { get; init; }
}

/// <summary>An activity, as far as somebody needs it to know what their RSVP is to.</summary>
internal sealed record MyActivity
{
    public required Guid Id { get; init; }

    public required string Title { get; init; }

    /// <summary><c>scheduled</c> or <c>cancelled</c>.</summary>
    public required string Status { get; init; }

    public required DateTimeOffset StartsAt { get; init; }

    public DateTimeOffset? EndsAt { get; init; }
}
