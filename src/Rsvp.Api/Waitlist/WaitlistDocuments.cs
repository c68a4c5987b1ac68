using System.Text.Json.Serialization;

namespace Rsvp.Api.Waitlist;

/// <summary>The line of an activity: its length and one's own place for anybody, the entries for hosts.</summary>
internal sealed record WaitlistDocument
{
    /// <summary>The activity.</summary>
    public required Guid ActivityId { get; init; }

    /// <summary>Places in line: parties, and waiting all-or-nothing groups.</summary>
    public required int Length { get; init; }

    /// <summary>The caller's RSVP when it waits; null otherwise, like its position and what is ahead of it.</summary>
    public Guid? RsvpId { get; init; }

    /// <summary>Rank of the caller's place, 1 is next.</summary>
    public int? Position { get; init; }

    /// <summary>Places ahead of the caller's.</summary>
    public int? PartiesAhead { get; init; }

    /// <summary>People ahead of the caller's place.</summary>
    public int? SpotsAhead { get; init; }

    /// <summary>The activity's version.</summary>
    public required long Version { get; init; }

    /// <summary>The parties in line, in order; only for hosts.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<WaitlistEntry>? Items { get; init; }

    /// <summary>The <c>cursor</c> of the next page; null when this is the last.</summary>
    public string? NextCursor { get; init; }

    /// <summary>Whether the one who looks was deleted.</summary>
    [JsonIgnore]
    public bool CallerDeleted { get; init; }
}

/// <summary>One party in line, for hosts.</summary>
internal sealed record WaitlistEntry
{
    /// <summary>The RSVP.</summary>
    public required Guid RsvpId { get; init; }

    /// <summary>The group it was registered with; null when alone.</summary>
    public Guid? GroupId { get; init; }

    /// <summary>Its owner.</summary>
    public required Guid UserId { get; init; }

    /// <summary>The owner's name; null when nobody said it.</summary>
    public string? Name { get; init; }

    /// <summary>People in the party.</summary>
    public required int PartySize { get; init; }

    /// <summary>Rank of its place; members of a waiting group share one.</summary>
    public required int Position { get; init; }

    /// <summary>Places from behind that were let in since it stands there.</summary>
    public required int Skipped { get; init; }

    /// <summary>Since when it stands there, UTC.</summary>
    public DateTimeOffset? JoinedAt { get; init; }

    /// <summary>For the cursor.</summary>
    [JsonIgnore]
    public long LineKey { get; init; }

    /// <summary>For the cursor.</summary>
    [JsonIgnore]
    public Guid PlaceId { get; init; }
}
