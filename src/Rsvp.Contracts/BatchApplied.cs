namespace Rsvp.Contracts;

/// <summary>Answers a <see cref="CommandBatch"/>: the outcome of every command in it, after the commit.</summary>
/// <remarks>Best effort: who misses it reads the outcomes from the database.</remarks>
public sealed record BatchApplied
{
    /// <summary>The batch that was applied.</summary>
    public required Guid BatchId { get; init; }

    /// <summary>Its partition.</summary>
    public required int Partition { get; init; }

    /// <summary>One per command, in the batch's order.</summary>
    public required IReadOnlyList<CommandOutcome> Outcomes { get; init; }
}

/// <summary>What was decided about one command. Stored as JSON in <c>rsvp_requests.outcome</c>, camelCase, nulls left out.</summary>
public sealed record CommandOutcome
{
    /// <summary>The request that was decided.</summary>
    public required Guid RequestId { get; init; }

    /// <summary>The command's name; see <see cref="CommandNames"/>.</summary>
    public required string Command { get; init; }

    /// <summary>Who asked; others must not see this outcome.</summary>
    public required Guid UserId { get; init; }

    /// <summary>The activity asked about; the user's id for <see cref="CommandNames.DeleteUser"/>, which concerns none.</summary>
    public required Guid ActivityId { get; init; }

    /// <summary>When the API took the request, UTC.</summary>
    public required DateTimeOffset SubmittedAt { get; init; }

    /// <summary>When it was decided, UTC, by the database's clock.</summary>
    public required DateTimeOffset CompletedAt { get; init; }

    /// <summary>True when the command made something new, which answers 201 instead of 200.</summary>
    public bool Created { get; init; }

    /// <summary>The RSVP as it is after the command, when it concerns one and the caller may see it.</summary>
    public RsvpDocument? Rsvp { get; init; }

    /// <summary>The activity after a command of its host.</summary>
    public ActivityDocument? Activity { get; init; }

    /// <summary>The group that was registered or cancelled; null for other commands, and when there is none.</summary>
    public Guid? GroupId { get; init; }

    /// <summary>Per member for group and bulk commands, in request order; null for others.</summary>
    public IReadOnlyList<MemberResult>? Results { get; init; }

    /// <summary>Why it was rejected; null when it completed.</summary>
    public ProblemDocument? Problem { get; init; }
}

/// <summary>One member's part in the outcome of a group or bulk command.</summary>
public sealed record MemberResult
{
    /// <summary>The member; <see cref="Guid.Empty"/> when the RSVP named is nobody's.</summary>
    public required Guid UserId { get; init; }

    /// <summary>The RSVP named, for bulk commands; null for groups, which name users.</summary>
    public Guid? RsvpId { get; init; }

    /// <summary>The member's RSVP after the command; null when there is none.</summary>
    public RsvpDocument? Rsvp { get; init; }

    /// <summary>Why this member was refused; null when not.</summary>
    public ProblemDocument? Problem { get; init; }
}

/// <summary>A refusal. Status and title come from the problem catalogue by <see cref="Code"/>.</summary>
public sealed record ProblemDocument
{
    /// <summary>Stable snake_case code, such as <c>registration_closed</c>.</summary>
    public required string Code { get; init; }

    /// <summary>A sentence about this refusal in particular; null when the title says it all.</summary>
    public string? Detail { get; init; }

    /// <summary>Present state, for refusals with context such as <c>already_registered</c>.</summary>
    public RsvpDocument? Rsvp { get; init; }

    /// <summary>When the party was checked in, UTC, with <c>already_checked_in</c>.</summary>
    public DateTimeOffset? CheckedInAt { get; init; }

    /// <summary>Who checked the party in, with <c>already_checked_in</c>.</summary>
    public Guid? CheckedInBy { get; init; }
}
