using MassTransit;
using Rsvp.Contracts;
using Rsvp.Hosting.FailPoints;
using Rsvp.Worker.Outbox;

namespace Rsvp.Worker.Partitions;

/// <summary>Takes the batches of one partition, one at a time, and acknowledges each after its commit.</summary>
internal sealed class CommandBatchConsumer(BatchApplier applier, OutcomeReplies replies, OutboxDispatcher outbox) : IConsumer<CommandBatch>
{
    public async Task Consume(ConsumeContext<CommandBatch> context)
    {
        var batch = context.Message;
        var applied = await applier.ApplyAsync(batch.Commands, DeliveryCount(context), context.CancellationToken);
        replies.Send(batch, applied.Outcomes);
        outbox.Publish(applied.Outbox);
        FailPoint.Hit("before_ack");
    }

    /// <summary>Earlier deliveries that were not acknowledged, as a quorum queue counts them.</summary>
    private static int DeliveryCount(ConsumeContext context) =>
        context.ReceiveContext.TransportHeaders.Get<int>("x-delivery-count") ?? 0;
}
