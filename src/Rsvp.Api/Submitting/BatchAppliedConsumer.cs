using System.Buffers.Binary;
using MassTransit;
using Microsoft.Extensions.Options;
using Rsvp.Api.Requests;
using Rsvp.Contracts;

namespace Rsvp.Api.Submitting;

/// <summary>Takes the answers to this instance's batches: the next batch may go, and those who wait hear of their outcomes.</summary>
internal sealed class BatchAppliedConsumer(
    CommandSubmitter submitter, OutcomeWaiters waiters, SubmittingMetrics metrics, IOptions<SubmittingOptions> options, TimeProvider time) : IConsumer<BatchApplied>
{
    public Task Consume(ConsumeContext<BatchApplied> context)
    {
        var batch = context.Message;
        submitter.Applied(batch.Partition, batch.BatchId);
        var now = time.GetUtcNow();
        var oldest = MadeAt(batch.BatchId) - options.Value.ConfirmTimeout;
        foreach (var outcome in batch.Outcomes)
        {
            waiters.Complete(outcome);

            // What was taken longer before than a command may wait is the stored outcome of an earlier request: its time would be the time between the two.
            if (outcome.SubmittedAt >= oldest)
            {
                metrics.Decided(outcome, now - outcome.SubmittedAt);
            }
        }

        return Task.CompletedTask;
    }

    /// <summary>When a batch was made: the time in its id, which is of version 7.</summary>
    private static DateTimeOffset MadeAt(Guid batchId)
    {
        Span<byte> id = stackalloc byte[16];
        batchId.TryWriteBytes(id, bigEndian: true, out _);
        return DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64BigEndian(id) >>> 16);
    }
}
