using System.Text.Json.Serialization;

namespace Rsvp.Api.Notifications;

/// <summary>What a user wants to hear of, and how.</summary>
internal sealed record PreferencesDocument
{
    /// <summary>Whether mail is sent to the profile's address.</summary>
    public required bool Email { get; init; }

    /// <summary>Whether the user's webhooks are called.</summary>
    public required bool Webhook { get; init; }

    /// <summary>Kinds that the user does not want to hear of on any channel.</summary>
    public required string[] MutedKinds { get; init; }
}

/// <summary>An endpoint that a user registered.</summary>
internal sealed record WebhookDocument
{
    public required Guid Id { get; init; }

    public required string Url { get; init; }

    /// <summary>The key that deliveries are signed with; shown once, when the webhook is created.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Secret { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Attempts that failed since the last one that did not.</summary>
    public required int Failures { get; init; }

    /// <summary>When the first of them failed.</summary>
    public DateTimeOffset? FailingSince { get; init; }

    /// <summary>Since when nothing is sent any more.</summary>
    public DateTimeOffset? DisabledAt { get; init; }

    /// <summary><c>gone</c> (it answered 410) or <c>failing</c>.</summary>
    public string? DisabledReason { get; init; }
}

/// <summary>One notification on its way to one webhook.</summary>
internal sealed record DeliveryDocument
{
    /// <summary>The <c>webhook-id</c> of every attempt.</summary>
    public required Guid NotificationId { get; init; }

    /// <summary>The <c>type</c> of the payload.</summary>
    public required string Type { get; init; }

    public required Guid ActivityId { get; init; }

    public required Guid RsvpId { get; init; }

    /// <summary><c>pending</c>, <c>sent</c> or <c>failed</c>.</summary>
    public required string State { get; init; }

    public required int Attempts { get; init; }

    /// <summary>The HTTP status of the last answer; null when there was none.</summary>
    public int? LastStatus { get; init; }

    /// <summary>What was wrong with the last attempt, as a word; null when nothing was.</summary>
    public string? LastError { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Null when it is finished.</summary>
    public DateTimeOffset? NextAttemptAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }
}
