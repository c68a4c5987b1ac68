using MassTransit;
using Rsvp.Contracts;
using Rsvp.Hosting.FailPoints;
using Rsvp.Worker.Outbox;

namespace Rsvp.Worker.Partitions;

/// <summary>Takes the batches of one partition, one at a time, and acknowledges each after its commit.</summary>
internal sealed class CommandBatchConsumer(
    BatchApplier applier, OutcomeReplies replies, OutboxDispatcher outbox, PartitionSubscriptions subscriptions, PartitionMetrics metrics, TimeProvider time)
    : IConsumer<CommandBatch>
{
    public async Task Consume(ConsumeContext<CommandBatch> context)
    {
        var batch = context.Message;
        if (batch.Commands.Count == 0)
        {
            // Asks who is active, which being delivered answers, or whether all before it is decided.
            replies.Send(batch, []);
            return;
        }

        if (context.SentTime is { } sentAt)
        {
            metrics.Began(batch.Partition, time.GetUtcNow() - sentAt);
        }

        using var trace = BatchTrace.Begin(batch);
        var oldest = batch.Commands.Min(command => command.SubmittedAt);
        subscriptions.Deciding(batch.Partition, oldest);
        try
        {
            var applied = await applier.ApplyAsync(batch.Commands, DeliveryCount(context), context.CancellationToken);
            replies.Send(batch, applied.Outcomes);
            outbox.Publish(applied.Outbox);
            NoteLag(batch.Partition, oldest);
            FailPoint.Hit("before_ack");
            ThrowIfAnyIsLeft(applied);
        }
        finally
        {
            subscriptions.Idle(batch.Partition);
        }
    }

    /// <summary>Sends the message to the dead letters for those of its commands that have no outcome; the others keep theirs, also when it is replayed.</summary>
    /// <exception cref="CommandsLeftException">There are some.</exception>
    internal static void ThrowIfAnyIsLeft(AppliedBatch applied)
    {
        if (applied.Left.Count > 0)
        {
            throw new CommandsLeftException($"Not even the failure of {string.Join(", ", applied.Left)} can be stored.");
        }
    }

    /// <summary>How long the oldest waited for its decision, by two clocks of which one may be another machine's.</summary>
    private void NoteLag(int partition, DateTimeOffset oldest)
    {
        var lag = time.GetUtcNow() - oldest;
        lag = lag > TimeSpan.Zero ? lag : TimeSpan.Zero;
        subscriptions.Decided(partition, lag);
        metrics.Decided(partition, lag);
    }

    /// <summary>Earlier deliveries that were not acknowledged, as a quorum queue counts them.</summary>
    private static int DeliveryCount(ConsumeContext context) =>
        context.ReceiveContext.TransportHeaders.Get<int>("x-delivery-count") ?? 0;
}

/// <summary>Commands could neither be applied nor be given up.</summary>
/// <param name="message">Which.</param>
internal sealed class CommandsLeftException(string message) : Exception(message);
