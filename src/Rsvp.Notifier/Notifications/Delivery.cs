namespace Rsvp.Notifier.Notifications;

/// <summary>One notification on its way to one target of one channel, taken by this process for an attempt.</summary>
internal sealed record Delivery
{
    public required Guid NotificationId { get; init; }

    /// <summary>The user for e-mail, the webhook for a webhook.</summary>
    public required Guid Target { get; init; }

    public required Guid UserId { get; init; }

    public required Guid ActivityId { get; init; }

    public required Guid RsvpId { get; init; }

    public required string Kind { get; init; }

    /// <summary>The RSVP's status after what is told.</summary>
    public required string Status { get; init; }

    public required int PartySize { get; init; }

    public DateTimeOffset? OfferExpiresAt { get; init; }

    /// <summary>When it was decided.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>Attempts begun, this one included.</summary>
    public required int Attempts { get; init; }

    /// <summary>Since it was planned, by the database's clock.</summary>
    public required TimeSpan Age { get; init; }

    /// <summary>The user's address now; null when there is none, or the user was deleted.</summary>
    public string? Email { get; init; }

    public string? UserName { get; init; }

    public string? ActivityTitle { get; init; }

    public DateTimeOffset? StartsAt { get; init; }

    /// <summary>Where the webhook leads; null for other channels, and when it is gone or disabled.</summary>
    public Uri? Url { get; init; }

    public string? Secret { get; init; }

    /// <summary>The webhook's attempts that failed in a row.</summary>
    public int WebhookFailures { get; init; }
}

/// <summary>What became of an attempt.</summary>
/// <param name="State">What follows.</param>
/// <param name="Status">The other side's status, of SMTP or HTTP; null when it gave none.</param>
/// <param name="Error">A word for what went wrong; null when nothing did. Never the other side's text, which may repeat an address.</param>
/// <param name="RetryAfter">The earliest next attempt that the other side asked for; null for none.</param>
internal sealed record SendResult(SendState State, int? Status = null, string? Error = null, TimeSpan? RetryAfter = null)
{
    public static SendResult Sent(int status) => new(SendState.Sent, status);

    public static SendResult Retry(string error, int? status = null, TimeSpan? retryAfter = null) => new(SendState.Retry, status, error, retryAfter);

    public static SendResult Failed(string error, int? status = null) => new(SendState.Failed, status, error);

    public static SendResult Away(string error, int? status = null) => new(SendState.Away, status, error);
}

/// <summary>What follows from an attempt.</summary>
internal enum SendState
{
    /// <summary>The other side has it.</summary>
    Sent,

    /// <summary>Not this time.</summary>
    Retry,

    /// <summary>Never; nothing is gained by trying again.</summary>
    Failed,

    /// <summary>Not this time, and the same would happen to every other delivery of the channel now.</summary>
    Away,
}
