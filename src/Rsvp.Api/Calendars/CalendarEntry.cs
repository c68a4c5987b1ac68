namespace Rsvp.Api.Calendars;

/// <summary>An RSVP and its activity, as far as a calendar shows them.</summary>
internal sealed record CalendarEntry
{
    public required Guid RsvpId { get; init; }

    public required string Title { get; init; }

    public required DateTimeOffset StartsAt { get; init; }

    public DateTimeOffset? EndsAt { get; init; }

    /// <summary>Of the RSVP.</summary>
    public required string Status { get; init; }

    /// <summary>Whether the activity was called off.</summary>
    public required bool CalledOff { get; init; }

    public required int PartySize { get; init; }

    public DateTimeOffset? OfferExpiresAt { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the RSVP or its activity's settings last changed; other people's RSVPs do not count.</summary>
    public required DateTimeOffset RevisedAt { get; init; }

    /// <summary>Changes of the RSVP and of its activity's settings; never goes back.</summary>
    public required long Revision { get; init; }
}
