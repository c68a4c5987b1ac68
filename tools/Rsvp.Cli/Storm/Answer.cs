using Rsvp.Client;

namespace Rsvp.Cli.Storm;

/// <summary>How a request for places ended, as its client saw it.</summary>
internal enum AnswerKind : byte
{
    /// <summary>Nothing came back: not sent, or the connection broke.</summary>
    None,

    /// <summary>Accepted; the outcome is not known yet.</summary>
    Pending,
    Confirmed,
    Waitlisted,
    Cancelled,

    /// <summary>Decided against, for a reason of the rules.</summary>
    Refused,

    /// <summary>Not accepted, or something that should not happen.</summary>
    Error,
}

/// <summary>What came of one request.</summary>
/// <param name="Kind">How it ended.</param>
/// <param name="RequestId">The accepted request; empty when nobody named one.</param>
/// <param name="Code">The problem's code; null when there is none.</param>
internal readonly record struct Answer(AnswerKind Kind, Guid RequestId, string? Code)
{
    internal static Answer From(Outcome outcome) => outcome switch
    {
        { Problem: { Code: "failed" } problem } => new Answer(AnswerKind.Error, outcome.RequestId, problem.Code),
        { Problem: { } problem } => new Answer(AnswerKind.Refused, outcome.RequestId, problem.Code),
        { Rsvp.Status: "confirmed" } => new Answer(AnswerKind.Confirmed, outcome.RequestId, null),
        { Rsvp.Status: "waitlisted" } => new Answer(AnswerKind.Waitlisted, outcome.RequestId, null),
        { Rsvp.Status: "cancelled" } => new Answer(AnswerKind.Cancelled, outcome.RequestId, null),
        _ => new Answer(AnswerKind.Error, outcome.RequestId, "no_outcome"),
    };

    /// <summary>Of a client that has given up.</summary>
    /// <param name="exception">Why.</param>
    /// <param name="acceptedId">The request, when the API had accepted it before; otherwise empty.</param>
    internal static Answer From(RsvpException exception, Guid acceptedId) => exception.Status == 0
        ? Undecided(acceptedId)
        : new Answer(AnswerKind.Error, exception.Problem.RequestId ?? acceptedId, exception.Problem.Code);

    /// <summary>Of a client that waits no longer.</summary>
    /// <param name="acceptedId">The request, when the API had accepted it before; otherwise empty.</param>
    internal static Answer Undecided(Guid acceptedId) => acceptedId == Guid.Empty ? default : new Answer(AnswerKind.Pending, acceptedId, null);
}
