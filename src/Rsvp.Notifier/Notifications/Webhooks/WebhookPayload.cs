using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rsvp.Notifier.Notifications.Webhooks;

/// <summary>The body of a webhook, in the form that Standard Webhooks proposes; ids, no names.</summary>
/// <param name="Type"><c>rsvp.</c> and the kind of notification.</param>
/// <param name="Timestamp">When it was decided.</param>
/// <param name="Data">What was decided.</param>
internal sealed record WebhookPayload(string Type, DateTime Timestamp, WebhookData Data)
{
    /// <summary>The same bytes at every attempt.</summary>
    public static byte[] Of(Delivery delivery) => JsonSerializer.SerializeToUtf8Bytes(
        new WebhookPayload(
            "rsvp." + delivery.Kind,
            delivery.IssuedAt.UtcDateTime,
            new WebhookData
            {
                NotificationId = delivery.NotificationId,
                ActivityId = delivery.ActivityId,
                RsvpId = delivery.RsvpId,
                UserId = delivery.UserId,
                Status = delivery.Status,
                PartySize = delivery.PartySize,
                OfferExpiresAt = delivery.OfferExpiresAt?.UtcDateTime,
            }),
        WebhookJson.Default.WebhookPayload);
}

/// <summary>What was decided about an RSVP.</summary>
internal sealed record WebhookData
{
    public required Guid NotificationId { get; init; }

    public required Guid ActivityId { get; init; }

    public required Guid RsvpId { get; init; }

    public required Guid UserId { get; init; }

    public required string Status { get; init; }

    public required int PartySize { get; init; }

    public DateTime? OfferExpiresAt { get; init; }
}

/// <summary>camelCase, nulls written.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(WebhookPayload))]
internal sealed partial class WebhookJson : JsonSerializerContext;
