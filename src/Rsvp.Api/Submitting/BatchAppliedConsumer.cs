using MassTransit;
using Rsvp.Api.Requests;
using Rsvp.Contracts;

namespace Rsvp.Api.Submitting;

/// <summary>Takes the answers to this instance's batches: the next batch may go, and those who wait hear of their outcomes.</summary>
internal sealed class BatchAppliedConsumer(CommandSubmitter submitter, OutcomeWaiters waiters) : IConsumer<BatchApplied>
{
    public Task Consume(ConsumeContext<BatchApplied> context)
    {
        var batch = context.Message;
        submitter.Applied(batch.Partition, batch.BatchId);
        foreach (var outcome in batch.Outcomes)
        {
            waiters.Complete(outcome);
        }

        return Task.CompletedTask;
    }
}
