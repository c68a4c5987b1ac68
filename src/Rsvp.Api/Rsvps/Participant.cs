using System.Text.Json.Serialization;

namespace Rsvp.Api.Rsvps;

/// <summary>Somebody who is coming, as users who are no hosts may see it: the name and nothing else.</summary>
internal sealed record Participant
{
    /// <summary>The name; null when nobody said it.</summary>
    public string? Name { get; init; }

    /// <summary>For the cursor.</summary>
    [JsonIgnore]
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>For the cursor.</summary>
    [JsonIgnore]
    public Guid Id { get; init; }
}
