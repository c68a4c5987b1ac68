using System.Text.Json.Serialization;

namespace Rsvp.Contracts;

/// <summary>Opens an activity; its id is the command's <see cref="Command.ActivityId"/>, its first host the caller.</summary>
public sealed record CreateActivity
{
    /// <summary>The complete settings.</summary>
    public required ActivitySettings Settings { get; init; }
}

/// <summary>Changes settings; null members keep, members named in <see cref="Clear"/> become null.</summary>
public sealed record UpdateActivity
{
    /// <summary>The new title; null keeps it.</summary>
    public string? Title { get; init; }

    /// <summary>The new start, UTC; null keeps it.</summary>
    public DateTimeOffset? StartsAt { get; init; }

    /// <summary>The new end, UTC; null keeps it.</summary>
    public DateTimeOffset? EndsAt { get; init; }

    /// <summary>The new capacity in people; null keeps it.</summary>
    public int? Capacity { get; init; }

    /// <summary>The new largest party; null keeps it.</summary>
    public int? MaxPartySize { get; init; }

    /// <summary>The new largest group in parties; null keeps it.</summary>
    public int? MaxGroupSize { get; init; }

    /// <summary>Whether newcomers may wait; null keeps it.</summary>
    public bool? WaitlistEnabled { get; init; }

    /// <summary>The new longest line in places; null keeps it.</summary>
    public int? WaitlistLimit { get; init; }

    /// <summary>How often a place may be overtaken; null keeps it.</summary>
    public int? SkipLimit { get; init; }

    /// <summary><c>auto</c> or <c>offer</c>; null keeps it.</summary>
    public string? PromotionMode { get; init; }

    /// <summary>Minutes an offer stands; null keeps it.</summary>
    public double? OfferMinutes { get; init; }

    /// <summary>Minutes before the start at which automatic promotion stops; null keeps it.</summary>
    public int? PromotionCutoffMinutes { get; init; }

    /// <summary>When asking begins, UTC; null keeps it.</summary>
    public DateTimeOffset? RegistrationOpensAt { get; init; }

    /// <summary>When asking ends, UTC; null keeps it.</summary>
    public DateTimeOffset? RegistrationClosesAt { get; init; }

    /// <summary>Whether other users may see who comes; null keeps it.</summary>
    public bool? ParticipantsVisible { get; init; }

    /// <summary>JSON names of nullable settings to clear, such as <c>capacity</c> (unlimited).</summary>
    public IReadOnlyList<string> Clear { get; set; } = [];
}

/// <summary>The settings of an activity, complete and within their documented bounds.</summary>
/// <remarks>What has a default has a setter: generated code gives a member with <c>init</c> that is not in the JSON null or zero. A null that is not the default is always written.</remarks>
public sealed record ActivitySettings
{
    /// <summary>1 to 200 code points.</summary>
    public required string Title { get; init; }

    /// <summary>When it starts, UTC.</summary>
    public required DateTimeOffset StartsAt { get; init; }

    /// <summary>When it ends, UTC; null when open-ended.</summary>
    public DateTimeOffset? EndsAt { get; init; }

    /// <summary>People it can hold; null unlimited, 0 to 1,000,000; 0: everyone waits.</summary>
    public int? Capacity { get; init; }

    /// <summary>People in the largest party; 1 to 100.</summary>
    public int MaxPartySize { get; set; } = 10;

    /// <summary>Parties in the largest group that is not registered by a host; 1 to 200.</summary>
    public int MaxGroupSize { get; set; } = 10;

    /// <summary>Whether newcomers may wait.</summary>
    public bool WaitlistEnabled { get; set; } = true;

    /// <summary>Places in the longest line; null unlimited, at least 0.</summary>
    public int? WaitlistLimit { get; init; }

    /// <summary>How often a place that does not fit may be overtaken before the line stops at it; null without limit, 0 to 1,000.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int? SkipLimit { get; set; } = 5;

    /// <summary><c>auto</c>: promoted parties are confirmed at once; <c>offer</c>: seats are held until answered.</summary>
    public string PromotionMode { get; set; } = "auto";

    /// <summary>Minutes an offer stands; 1 to 10,080, fractions in development only.</summary>
    public double OfferMinutes { get; set; } = 60;

    /// <summary>Minutes before <see cref="StartsAt"/> at which automatic promotion stops; at least 0.</summary>
    public int PromotionCutoffMinutes { get; init; }

    /// <summary>When asking begins, UTC; null: at once.</summary>
    public DateTimeOffset? RegistrationOpensAt { get; init; }

    /// <summary>When asking ends, UTC; null: at <see cref="StartsAt"/>.</summary>
    public DateTimeOffset? RegistrationClosesAt { get; init; }

    /// <summary>Whether users other than hosts may see who comes.</summary>
    public bool ParticipantsVisible { get; init; }
}
