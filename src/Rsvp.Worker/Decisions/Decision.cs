namespace Rsvp.Worker.Decisions;

/// <summary>What one command does: the state after it, what is logged, and what the caller hears.</summary>
internal sealed record Decision
{
    /// <summary>The activity after the command.</summary>
    public required ActivityState Activity { get; init; }

    /// <summary>In seq order; every changed party is the <see cref="LogEntry.After"/> of one of them.</summary>
    public IReadOnlyList<LogEntry> Log { get; init; } = [];

    /// <summary>Parties that a row of the log took along in their waiting group: same version, another place.</summary>
    public IReadOnlyList<RsvpState> TakenAlong { get; init; } = [];

    /// <summary>What became of each member; null unless the command is about a group.</summary>
    public IReadOnlyList<MemberDecision>? Members { get; init; }

    /// <summary>The group that was made or cancelled; null for other commands.</summary>
    public Guid? GroupId { get; init; }

    /// <summary>Commands to the same activity that are to follow, because this one stopped at its bound.</summary>
    public IReadOnlyList<FollowUp> FollowUps { get; init; } = [];

    /// <summary>Positions of places that were moved, by their order in line.</summary>
    public IReadOnlyDictionary<long, int>? Positions { get; init; }

    /// <summary>Why it was refused; null when it completed.</summary>
    public Refusal? Refusal { get; init; }

    /// <summary>The caller's (or named) party after the command; null when the command concerns none.</summary>
    public RsvpState? Rsvp { get; init; }

    /// <summary>Whether something new was made.</summary>
    public bool Created { get; init; }

    /// <summary>Whether a document that clients read changed, which raises the activity's version.</summary>
    public bool Changed { get; init; }

    /// <summary>Whether the answer shows the activity.</summary>
    public bool ShowsActivity { get; init; }

    /// <summary>Nothing happens, and that is fine.</summary>
    public static Decision Nothing(ActivityState activity, RsvpState? rsvp) => new() { Activity = activity, Rsvp = rsvp };

    /// <summary>Refuses without a row in the log.</summary>
    public static Decision Refuse(ActivityState activity, string code, string? detail = null, RsvpState? showsRsvp = null) =>
        new() { Activity = activity, Refusal = new Refusal(code, detail, showsRsvp) };
}

/// <summary>A refusal.</summary>
/// <param name="Code">From the problem catalogue.</param>
/// <param name="Detail">A sentence about this refusal in particular.</param>
/// <param name="ShowsRsvp">Whether the caller is shown the present state of the RSVP.</param>
internal sealed record Refusal(string Code, string? Detail = null, RsvpState? ShowsRsvp = null);

/// <summary>What became of one member of a group.</summary>
/// <param name="UserId">The member.</param>
/// <param name="Rsvp">The member's party after the command; null when there is none to show.</param>
/// <param name="Refusal">Why the member was refused; null when not.</param>
internal sealed record MemberDecision(Guid UserId, RsvpState? Rsvp, Refusal? Refusal)
{
    /// <summary>The RSVP that was named; null when a user was.</summary>
    public Guid? RsvpId { get; init; }
}

/// <summary>A command that the system sends to the same activity after the commit.</summary>
/// <param name="Name">One of <see cref="Contracts.CommandNames"/>.</param>
/// <param name="WithBody">Adds the body that belongs to the name.</param>
internal sealed record FollowUp(string Name, Func<Contracts.Command, Contracts.Command> WithBody);
