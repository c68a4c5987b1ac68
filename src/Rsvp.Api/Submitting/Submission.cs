using Rsvp.Api.Requests;
using Rsvp.Contracts;

namespace Rsvp.Api.Submitting;

/// <summary>What became of a command on its way to the broker.</summary>
internal enum Acceptance
{
    /// <summary>The broker has it, durably.</summary>
    Accepted,

    /// <summary>Too much is waiting here or at the broker; nothing was sent, or the broker refused it.</summary>
    Overloaded,

    /// <summary>The broker is known to be away; nothing was sent.</summary>
    BrokerAway,

    /// <summary>The broker has no queue for the partition and gave it back.</summary>
    Unrouted,

    /// <summary>Sent and not confirmed in time: it may or may not take effect.</summary>
    Unknown,
}

/// <summary>A command that waits to be sent, and the request that waits to hear of it.</summary>
/// <param name="command">The command.</param>
/// <param name="takenAt">Timestamp at which the API took it.</param>
/// <param name="waiter">Who waits for the outcome and need be woken only when there will be none; null when nobody does.</param>
internal sealed class Submission(Command command, long takenAt, OutcomeWaiter? waiter)
    : TaskCompletionSource<Acceptance>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    // Measured: the JSON of a submit without text is about 330 bytes.
    private const int EnvelopeBytes = 400;

    // The JSON of a member without text is about 100 bytes; counted like text, three bytes each.
    private const int MemberChars = 40;

    internal Command Command { get; } = command;

    /// <summary>Timestamp at which the API took it.</summary>
    internal long TakenAt { get; } = takenAt;

    /// <summary>Says what became of it.</summary>
    internal void End(Acceptance acceptance)
    {
        TrySetResult(acceptance);
        if (acceptance is not Acceptance.Accepted)
        {
            waiter?.TrySetResult(null);
        }
    }

    /// <summary>How many commands it counts as.</summary>
    internal int Weight { get; } = command.RegisterGroup?.Members.Count ?? 1;

    /// <summary>About its size in a message.</summary>
    internal int EstimatedBytes { get; } = Estimate(command);

    // Text counts three bytes a character: a mean of plain ASCII and of six-byte \u escapes.
    private static int Estimate(Command command) =>
        EnvelopeBytes + (3 * ((command.Caller.Name?.Length ?? 0)
            + (command.Caller.Email?.Length ?? 0)
            + (command.SubmitRsvp?.SpecialRequirements?.Length ?? 0)
            + (command.UpdateRsvp?.SpecialRequirements?.Length ?? 0)
            + (command.RegisterGroup?.Members.Sum(member => MemberChars + (member.SpecialRequirements?.Length ?? 0)) ?? 0)
            + (MemberChars * ((command.BulkWaitlist?.RsvpIds.Count ?? 0) + (command.PromoteWaitlist?.RsvpIds.Count ?? 0)))
            + (command.BulkWaitlist?.Reason?.Length ?? command.RemoveRsvp?.Reason?.Length ?? command.CancelActivity?.Reason?.Length ?? 0)
            + (command.CancelGroup?.Reason?.Length ?? 0)
            + (command.CancelRsvp?.Reason?.Length ?? 0)
            + (command.CreateActivity?.Settings.Title.Length ?? 0)
            + (command.UpdateActivity?.Title?.Length ?? 0)));
}
