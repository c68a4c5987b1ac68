namespace Rsvp.Client;

/// <summary>What people answer to: settings and live counts.</summary>
public sealed record Activity
{
    /// <summary>The activity.</summary>
    public required Guid Id { get; init; }

    /// <summary>Its title.</summary>
    public required string Title { get; init; }

    /// <summary><c>scheduled</c> or <c>cancelled</c>.</summary>
    public required string Status { get; init; }

    /// <summary>When it begins, UTC.</summary>
    public required DateTimeOffset StartsAt { get; init; }

    /// <summary>When it ends, UTC; null when nobody knows.</summary>
    public DateTimeOffset? EndsAt { get; init; }

    /// <summary>People it can hold; null unlimited.</summary>
    public int? Capacity { get; init; }

    /// <summary>People of one party, 1 to 100.</summary>
    public int MaxPartySize { get; init; }

    /// <summary>Whether who finds no seat may wait.</summary>
    public bool WaitlistEnabled { get; init; }

    /// <summary><c>auto</c>: whoever is next is confirmed at once; <c>offer</c>: seats are held until answered.</summary>
    public string PromotionMode { get; init; } = "auto";

    /// <summary>People confirmed.</summary>
    public int Confirmed { get; init; }

    /// <summary>People whose seats are held by an open offer.</summary>
    public int Offered { get; init; }

    /// <summary>Seats nobody has; null when unlimited.</summary>
    public int? Available { get; init; }

    /// <summary>People in line.</summary>
    public int Waitlisted { get; init; }

    /// <summary>Places in line: parties, and waiting all-or-nothing groups.</summary>
    public int WaitlistLength { get; init; }

    /// <summary>People checked in.</summary>
    public int CheckedIn { get; init; }

    /// <summary>Rises with every change of the activity or any RSVP of it.</summary>
    public required long Version { get; init; }
}

/// <summary>An activity to open; what is null takes the API's default.</summary>
public sealed record NewActivity
{
    /// <summary>At most 200 characters.</summary>
    public required string Title { get; init; }

    /// <summary>In the future.</summary>
    public required DateTimeOffset StartsAt { get; init; }

    /// <summary>Null when nobody knows.</summary>
    public DateTimeOffset? EndsAt { get; init; }

    /// <summary>People it can hold, 0 to 1,000,000; null unlimited.</summary>
    public required int? Capacity { get; init; }

    /// <summary>People of one party, 1 to 100.</summary>
    public int? MaxPartySize { get; init; }

    /// <summary><c>auto</c> or <c>offer</c>.</summary>
    public string? PromotionMode { get; init; }

    /// <summary>How long an offer stands.</summary>
    public double? OfferMinutes { get; init; }

    /// <summary>Whether everybody may see the names of who comes.</summary>
    public bool? ParticipantsVisible { get; init; }
}
