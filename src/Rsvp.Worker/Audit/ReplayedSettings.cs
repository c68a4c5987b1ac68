using System.Text.Json;
using Rsvp.Worker.Waitlist;

namespace Rsvp.Worker.Audit;

/// <summary>The settings that decide who is let in, as a log row states them.</summary>
/// <param name="Capacity">People; null unlimited.</param>
/// <param name="SkipLimit">How often a place may be overtaken; null without limit.</param>
/// <param name="PromotionEndsAt">From then on passes let nobody in; null when the row does not say.</param>
internal sealed record ReplayedSettings(int? Capacity, int? SkipLimit, DateTimeOffset? PromotionEndsAt)
{
    /// <summary>Reads them; null when the row does not carry them.</summary>
    public static ReplayedSettings? Parse(string? metadata)
    {
        if (metadata is null)
        {
            return null;
        }

        using var document = JsonDocument.Parse(metadata);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object
            || !root.TryGetProperty("capacity", out var capacity)
            || !root.TryGetProperty("skipLimit", out var skipLimit))
        {
            return null;
        }

        DateTimeOffset? promotionEndsAt = null;
        if (root.TryGetProperty("startsAt", out var startsAt) && startsAt.TryGetDateTimeOffset(out var starts)
            && root.TryGetProperty("promotionCutoffMinutes", out var cutoff))
        {
            promotionEndsAt = PromotionCutoff.EndsAt(starts, cutoff.GetInt32());
        }

        return new ReplayedSettings(Number(capacity), Number(skipLimit), promotionEndsAt);
    }

    private static int? Number(JsonElement value) => value.ValueKind == JsonValueKind.Number ? value.GetInt32() : null;
}
