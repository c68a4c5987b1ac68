namespace Rsvp.Api.Rsvps;

/// <summary>An RSVP as its activity's hosts read it in their list: the RSVP document, and its owner's name.</summary>
internal sealed record HostedRsvp
{
    public required Guid Id { get; init; }

    public required Guid ActivityId { get; init; }

    public required Guid UserId { get; init; }

    /// <summary>The owner's name; null when nobody said it, or the owner was deleted.</summary>
    public string? Name { get; init; }

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
}
