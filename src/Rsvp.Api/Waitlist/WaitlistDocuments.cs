using System.Text.Json.Serialization;

namespace Rsvp.Api.Waitlist;

/// <summary>What anybody may know of a line: its length, and one's own place.</summary>
internal sealed record WaitlistSummary
{
    public required Guid ActivityId { get; init; }

    /// <summary>Places in line.</summary>
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

    /// <summary>Whether the one who looks was deleted.</summary>
    public bool CallerDeleted { get; init; }
}

/// <summary>One party in line, for hosts.</summary>
internal sealed record WaitlistEntry
{
    public required Guid RsvpId { get; init; }

    public Guid? GroupId { get; init; }

    public required Guid UserId { get; init; }

    public string? Name { get; init; }

    public required int PartySize { get; init; }

    /// <summary>Rank of its place; members of a waiting group share one.</summary>
    public required int Position { get; init; }

    /// <summary>Places from behind that passes let in since it stands there.</summary>
    public required int Skipped { get; init; }

    /// <summary>Since when it stands there, UTC.</summary>
    public DateTimeOffset? JoinedAt { get; init; }

    [JsonIgnore]
    public long LineKey { get; init; }

    [JsonIgnore]
    public Guid PlaceId { get; init; }
}
