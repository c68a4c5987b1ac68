using Rsvp.Api.Problems;
using Rsvp.Api.Submitting;
using Rsvp.Contracts;
using Rsvp.Hosting.Problems;

namespace Rsvp.Api.Requests;

/// <summary>Takes a checked command, has it sent, and answers as the client asked: at once, or with the outcome.</summary>
internal sealed class CommandIntake(CommandSubmitter submitter, OutcomeWaiters waiters, TimeProvider time)
{
    /// <param name="request">What the client asked.</param>
    /// <param name="command">The same as a command.</param>
    /// <param name="aborted">The client is gone.</param>
    internal async Task<IResult> TakeAsync(CommandRequest request, Command command, CancellationToken aborted)
    {
        var startedAt = time.GetTimestamp();
        using var waiter = request.WaitSeconds is null ? null : waiters.Add(command.RequestId);
        var accepting = submitter.SubmitAsync(command, waiter);
        if (waiter is not null && accepting is not { IsCompletedSuccessfully: true, Result: not Acceptance.Accepted })
        {
            // An outcome says that it was accepted, so there is no need to wake up for that first.
            var left = TimeSpan.FromSeconds(request.WaitSeconds!.Value) - time.GetElapsedTime(startedAt);
            if (await waiter.WaitAsync(left, time, aborted) is { } outcome)
            {
                return new OutcomeResult(outcome, request.WaitSeconds.Value);
            }
        }

        var acceptance = await accepting;
        return acceptance switch
        {
            Acceptance.Accepted => new AcceptedResult(command.RequestId)
            {
                ActivityId = command.CreateActivity is null ? null : command.ActivityId,
            },
            Acceptance.Unknown => new ProblemResult(ProblemCodes.OutcomeUnknown) { RequestId = command.RequestId },
            Acceptance.Unrouted => new ProblemResult(ProblemCodes.Unavailable, "Nobody takes commands for this activity yet; nothing was sent."),
            Acceptance.BrokerAway => new ProblemResult(ProblemCodes.Overloaded, "The broker cannot be reached; nothing was sent."),
            _ => new ProblemResult(ProblemCodes.Overloaded),
        };
    }
}
