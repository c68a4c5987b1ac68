using MassTransit;
using Rsvp.Contracts;

namespace Rsvp.Worker.Partitions;

/// <summary>Gives commands that an operator dropped the outcome <c>failed</c>; in the partition's order, like everything that is decided.</summary>
internal sealed class FailCommandsConsumer(BatchApplier applier) : IConsumer<FailCommands>
{
    public async Task Consume(ConsumeContext<FailCommands> context) =>
        CommandBatchConsumer.ThrowIfAnyIsLeft(await applier.FailAsync(context.Message.Commands, context.CancellationToken));
}
