namespace Rsvp.Worker.Decisions;

/// <summary>What one command does: the state after it, what is logged, and what the caller hears.</summary>
internal sealed record Decision
{
    /// <summary>The activity after the command.</summary>
    public required ActivityState Activity { get; init; }

    /// <summary>In seq order; every changed party is the <see cref="LogEntry.After"/> of one of them.</summary>
    public IReadOnlyList<LogEntry> Log { get; init; } = [];

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
    public static Decision Refuse(ActivityState activity, string code, string? detail = null) =>
        new() { Activity = activity, Refusal = new Refusal(code, detail) };
}

/// <summary>A refusal.</summary>
/// <param name="Code">From the problem catalogue.</param>
/// <param name="Detail">A sentence about this refusal in particular.</param>
/// <param name="ShowsRsvp">Whether the caller is shown the present state of the RSVP.</param>
internal sealed record Refusal(string Code, string? Detail = null, RsvpState? ShowsRsvp = null);
