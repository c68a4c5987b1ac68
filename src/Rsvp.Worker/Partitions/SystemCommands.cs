using Microsoft.Extensions.Options;
using Rsvp.Contracts;
using Rsvp.Hosting.Partitions;
using Rsvp.Hosting.Telemetry;
using Rsvp.Worker.Outbox;

namespace Rsvp.Worker.Partitions;

/// <summary>Commands that the system itself sends to a partition, through the outbox. Nobody waits for their outcome, and none is stored.</summary>
/// <param name="topology">Which partition owns an activity.</param>
/// <param name="timeProvider">Makes ids and the time of asking.</param>
internal sealed class SystemCommands(IOptions<PartitionTopologyOptions> topology, TimeProvider timeProvider)
{
    /// <summary>A command as a message to its partition.</summary>
    /// <param name="activityId">The activity it is about.</param>
    /// <param name="name">One of <see cref="CommandNames"/>.</param>
    /// <param name="withBody">Adds the body that belongs to the name.</param>
    public OutboxMessage Message(Guid activityId, string name, Func<Command, Command> withBody)
    {
        var now = timeProvider.GetUtcNow();
        var command = new Command
        {
            RequestId = Guid.CreateVersion7(now),
            Name = name,
            ActivityId = activityId,
            Caller = new Caller { UserId = Guid.Empty },
            SubmittedAt = now,
            TraceParent = Traces.Current,
        };
        return new OutboxMessage(Guid.CreateVersion7(now), new CommandBatch
        {
            BatchId = Guid.CreateVersion7(now),
            Partition = Partitioner.PartitionOf(activityId, topology.Value.Count),
            Commands = [withBody(command)],
        });
    }
}
