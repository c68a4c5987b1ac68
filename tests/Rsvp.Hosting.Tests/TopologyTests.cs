using Rsvp.Contracts;
using Rsvp.Hosting.Messaging;
using Rsvp.Hosting.Partitions;

namespace Rsvp.Hosting.Tests;

public sealed class TopologyTests
{
    private static readonly PartitionTopologyOptions Partitions = new() { Version = 2, Count = 7 };

    [Fact]
    public void Names_carry_the_version() =>
        Assert.Equal(("v2.006", "rsvp.partition.v2.006"), (Topology.PartitionKey(2, 6), Topology.PartitionQueue(2, 6)));

    [Fact]
    public void A_batch_that_was_made_for_other_partitions_goes_where_its_activity_is_now()
    {
        var activity = new Guid("11111111-1111-4111-8111-111111111111");
        var batch = new CommandBatch
        {
            BatchId = Guid.NewGuid(),
            Partition = Partitioner.PartitionOf(activity, 16),
            Commands =
            [
                new Command
                {
                    RequestId = Guid.NewGuid(),
                    Name = CommandNames.RunPass,
                    ActivityId = activity,
                    Caller = new Caller { UserId = Guid.Empty },
                    SubmittedAt = DateTimeOffset.UnixEpoch,
                },
            ],
        };

        Assert.NotEqual(2, batch.Partition);
        Assert.Equal("v2.002", Topology.RoutingKeyOf(Partitions, batch));
    }

    [Fact]
    public void An_empty_batch_goes_where_it_says() =>
        Assert.Equal("v2.005", Topology.RoutingKeyOf(Partitions, new CommandBatch { BatchId = Guid.NewGuid(), Partition = 5, Commands = [] }));
}
