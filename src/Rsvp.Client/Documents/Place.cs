namespace Rsvp.Client;

/// <summary>One party's answer to one activity.</summary>
public sealed record Place
{
    /// <summary>The RSVP.</summary>
    public required Guid Id { get; init; }

    /// <summary>Its activity.</summary>
    public required Guid ActivityId { get; init; }

    /// <summary>Its owner.</summary>
    public required Guid UserId { get; init; }

    /// <summary><c>confirmed</c>, <c>waitlisted</c>, <c>offered</c> or <c>cancelled</c>.</summary>
    public required string Status { get; init; }

    /// <summary>People the owner brings along.</summary>
    public int GuestCount { get; init; }

    /// <summary>People in the party, the owner included.</summary>
    public int PartySize { get; init; }

    /// <summary>Free text for the hosts; null when there is none.</summary>
    public string? SpecialRequirements { get; init; }

    /// <summary>Rank of its place in line, 1 is next; null unless waitlisted.</summary>
    public int? WaitlistPosition { get; init; }

    /// <summary>Until when the offer stands, UTC; null unless offered.</summary>
    public DateTimeOffset? OfferExpiresAt { get; init; }

    /// <summary>Whether the party is checked in.</summary>
    public bool CheckedIn { get; init; }

    /// <summary>The RSVP's own version, for <c>ifVersion</c>.</summary>
    public required long Version { get; init; }
}

/// <summary>Why something was refused (RFC 9457). Branch on <see cref="Code"/>; the texts are for people.</summary>
public sealed record Problem
{
    /// <summary>Stable, such as <c>activity_full</c>.</summary>
    public required string Code { get; init; }

    /// <summary>The same for every refusal with this code.</summary>
    public string? Title { get; init; }

    /// <summary>About this refusal.</summary>
    public string? Detail { get; init; }

    /// <summary>For whoever looks after the service.</summary>
    public string? TraceId { get; init; }

    /// <summary>The request, when it was taken and decided.</summary>
    public Guid? RequestId { get; init; }

    /// <summary>The RSVP that is there already, for <c>already_registered</c> and <c>already_checked_in</c>.</summary>
    public Place? Rsvp { get; init; }

    /// <summary>What was wrong with which field.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Errors { get; init; }
}

/// <summary>What was decided about a command.</summary>
public sealed record Outcome
{
    /// <summary>The request; a repeat of the command has the same.</summary>
    public required Guid RequestId { get; init; }

    /// <summary>The activity; null for a command that is about none.</summary>
    public Guid? ActivityId { get; init; }

    /// <summary>The RSVP as it is after the command; null when it is about none, or was refused.</summary>
    public Place? Rsvp { get; init; }

    /// <summary>The activity as it is after the command; only when the command opened or changed it.</summary>
    public Activity? Activity { get; init; }

    /// <summary>Why it was refused; null when it was not.</summary>
    public Problem? Problem { get; init; }

    /// <summary>Whether the rules said no.</summary>
    public bool IsRefused => Problem is not null;
}
