using Rsvp.Hosting.Partitions;

namespace Rsvp.Hosting.Tests;

public sealed class PartitionerTests
{
    // Computed by another program. Should one of these ever change, running deployments would send commands to queues that others decide.
    [Theory]
    [InlineData("00000000-0000-0000-0000-000000000000", 10, 2, 10)]
    [InlineData("11111111-1111-4111-8111-111111111111", 10, 2, 74)]
    [InlineData("01a2046c-604d-7aa5-9ae3-e8ec9ccea4a1", 13, 5, 77)]
    [InlineData("f95fbf2b-ac0c-8937-bc36-81624fd4a512", 5, 3, 229)]
    [InlineData("ffffffff-ffff-ffff-ffff-ffffffffffff", 15, 5, 111)]
    public void An_activity_never_changes_its_partition(string activityId, int of16, int of7, int of256)
    {
        var id = Guid.Parse(activityId);

        Assert.Equal((of16, of7, of256), (Partitioner.PartitionOf(id, 16), Partitioner.PartitionOf(id, 7), Partitioner.PartitionOf(id, 256)));
    }

    [Fact]
    public void A_single_partition_owns_everything() => Assert.Equal(0, Partitioner.PartitionOf(Guid.NewGuid(), 1));

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void There_is_at_least_one_partition(int count) => Assert.Throws<ArgumentOutOfRangeException>(() => Partitioner.PartitionOf(Guid.Empty, count));

    [Fact]
    public void Ids_that_differ_little_are_spread_evenly()
    {
        var counts = new int[16];
        for (var number = 0; number < 16_000; number++)
        {
            counts[Partitioner.PartitionOf(new Guid(number, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), 16)]++;
        }

        // Each partition gets 1,000 on average; five standard deviations are 155.
        Assert.All(counts, count => Assert.InRange(count, 845, 1155));
    }
}
