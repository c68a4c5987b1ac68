namespace Rsvp.Contracts;

/// <summary>People are to be told what became of their RSVPs: of every step of the decision log that its person should hear of, once committed.</summary>
/// <remarks>
/// One message per activity and committed batch, or several when a batch decided more than 512 steps. Delivered at least once, in no promised order:
/// <see cref="Notification.NotificationId"/> tells a repeat. It names nobody; who needs an address or a title asks for it.
/// </remarks>
public sealed record NotificationsIssued
{
    /// <summary>The activity.</summary>
    public required Guid ActivityId { get; init; }

    /// <summary>When it was decided, UTC, by the database's clock.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>In the order in which they were decided; at least one.</summary>
    public required IReadOnlyList<Notification> Notifications { get; init; }
}

/// <summary>What one person is to be told, in a <see cref="NotificationsIssued"/>.</summary>
public sealed record Notification
{
    /// <summary>Id of the row of the decision log; the same in every repeat and on every channel.</summary>
    public required Guid NotificationId { get; init; }

    /// <summary>Who is to be told.</summary>
    public required Guid UserId { get; init; }

    /// <summary>Their RSVP.</summary>
    public required Guid RsvpId { get; init; }

    /// <summary>What happened, one of <see cref="NotificationKinds"/>; later builds may send others.</summary>
    public required string Kind { get; init; }

    /// <summary>The RSVP's status after it: <c>confirmed</c>, <c>waitlisted</c>, <c>offered</c> or <c>cancelled</c>.</summary>
    public required string Status { get; init; }

    /// <summary>People of the party after it, or those who left.</summary>
    public required int PartySize { get; init; }

    /// <summary>Until when the offer stands, UTC; null unless offered.</summary>
    public DateTimeOffset? OfferExpiresAt { get; init; }
}
