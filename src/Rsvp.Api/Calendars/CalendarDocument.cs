using System.Text.Json.Serialization;

namespace Rsvp.Api.Calendars;

/// <summary>The private address of somebody's calendar.</summary>
internal sealed record CalendarDocument
{
    /// <summary>Since when there is one, UTC; null when there is none.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>The address at the public origin; only in the answer that makes it. Whoever has it can read the calendar.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Path { get; init; }
}
