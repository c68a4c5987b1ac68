namespace Rsvp.Cli.Soak;

/// <summary>An outcome as the database has it.</summary>
/// <param name="RequestId">Its request.</param>
/// <param name="UserId">Who asked.</param>
/// <param name="Status"><c>completed</c> or <c>rejected</c>.</param>
/// <param name="Code">The problem's code when it was rejected.</param>
/// <param name="Rsvp">The RSVP in it; null when it has none.</param>
/// <param name="DecisionCount">Rows of the decision log that the request made.</param>
internal sealed record StoredOutcome(Guid RequestId, Guid UserId, string Status, string? Code, SeenRsvp? Rsvp, int DecisionCount);

/// <summary>What is wrong, a sentence each.</summary>
internal sealed record JournalFindings
{
    /// <summary>Accepted, but without an outcome.</summary>
    public required IReadOnlyList<string> Lost { get; init; }

    /// <summary>More than one request, outcome or effect.</summary>
    public required IReadOnlyList<string> Doubled { get; init; }

    /// <summary>Answered with something else than is stored.</summary>
    public required IReadOnlyList<string> Changed { get; init; }

    /// <summary>Never accepted nor refused, however often it was sent.</summary>
    public required IReadOnlyList<string> Unanswered { get; init; }

    /// <summary>Answered with what a client that did nothing wrong should never see.</summary>
    public required IReadOnlyList<string> Strange { get; init; }

    internal IReadOnlyList<string> All => [.. Lost, .. Doubled, .. Changed, .. Unanswered, .. Strange];
}

/// <summary>Compares what clients were told with what is stored.</summary>
internal static class JournalCheck
{
    // Outcomes of defects and of abuse, of which a soak has none.
    private static readonly string[] StrangeCodes = ["failed", "expired", "idempotency_key_reused"];

    internal static JournalFindings Compare(IReadOnlyCollection<JournalEntry> journal, IReadOnlyCollection<StoredOutcome> stored)
    {
        ILookup<Guid, StoredOutcome> outcomes = stored.ToLookup(outcome => outcome.RequestId);
        JournalEntry[] accepted = [.. journal.Where(entry => entry.IsAccepted)];
        HashSet<Guid> known = [.. journal.SelectMany(entry => entry.RequestIds)];
        HashSet<Guid> users = [.. journal.Select(entry => entry.UserId)];
        bool isComplete = accepted.Length == journal.Count;
        return new JournalFindings
        {
            Lost = [.. accepted.Where(entry => entry.RequestIds.All(id => !outcomes.Contains(id))).Select(entry => $"{entry} was accepted as {entry.RequestIds[0]}, but has no outcome")],
            Doubled =
            [
                .. journal.Where(entry => entry.RequestIds.Count > 1).Select(entry => $"{entry} is several requests: {string.Join(", ", entry.RequestIds)}"),
                .. outcomes.Where(one => one.Count() > 1).Select(one => $"request {one.Key} has {one.Count()} outcomes"),
                .. stored.Where(outcome => outcome.DecisionCount > 1).Select(outcome => $"request {outcome.RequestId} was applied {outcome.DecisionCount} times"),

                // Of a request that got no answer nobody knows the id, so only a journal that knows all can tell that one is too many.
                .. stored.Where(outcome => isComplete && users.Contains(outcome.UserId) && !known.Contains(outcome.RequestId))
                    .Select(outcome => $"request {outcome.RequestId} of {outcome.UserId} has an outcome, but no answer ever named it"),
            ],
            Changed =
            [
                .. from entry in accepted
                   from answer in entry.Answers
                   where answer.IsDecided && answer.RequestId is not null
                   from outcome in outcomes[answer.RequestId!.Value]
                   where (answer.Outcome, answer.Code, answer.Rsvp) != (outcome.Status, outcome.Code, outcome.Rsvp)
                   select $"{entry} was answered {Describe(answer.Outcome, answer.Code, answer.Rsvp)}, but stored is {Describe(outcome.Status, outcome.Code, outcome.Rsvp)}",
            ],
            Unanswered = [.. journal.Where(entry => !entry.IsAccepted).Select(entry => $"{entry} was sent {entry.SendCount} times and never accepted")],
            Strange =
            [
                .. from entry in journal
                   from answer in entry.Answers
                   where !answer.SaysLater && (!answer.IsAccepted || StrangeCodes.Contains(answer.Code))
                   select $"{entry} was answered {answer.StatusCode} {answer.Code}",
            ],
        };
    }

    private static string Describe(string? status, string? code, SeenRsvp? rsvp) =>
        $"{status}{(code is null ? "" : " " + code)}{(rsvp is null ? "" : $" ({rsvp.Status}, {rsvp.GuestCount} guests, version {rsvp.Version})")}";
}
