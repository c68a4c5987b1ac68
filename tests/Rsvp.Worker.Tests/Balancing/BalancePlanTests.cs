using CsCheck;
using Rsvp.Worker.Balancing;

namespace Rsvp.Worker.Tests.Balancing;

public sealed class BalancePlanTests
{
    private const int PartitionCount = 16;

    // A round is a second; what has to move has moved after some seven of them.
    private const int Rounds = 12;

    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch;

    [Fact]
    public void Whoever_comes_and_goes_in_the_end_everybody_is_in_every_line_and_all_have_their_share() =>
        Gen.Select(Gen.Int, Gen.Int[0, 3].Array[1, 8]).Sample((seed, changes) =>
        {
            var random = new Random(seed);
            var broker = new ModelBroker(PartitionCount);
            broker.Join();
            foreach (var change in changes)
            {
                switch (change)
                {
                    case 0 when broker.Workers.Count > 1:
                        broker.Kill(broker.Workers[random.Next(broker.Workers.Count)]);
                        break;
                    case 1 or 2 when broker.Workers.Count < 6:
                        broker.Join();
                        break;
                }

                Turn(broker, random, random.Next(4));
            }

            Turn(broker, random, Rounds);
            var settled = broker.HandOvers;
            Turn(broker, random, Rounds);

            var low = PartitionCount / broker.Workers.Count;
            Assert.All(broker.Workers, worker => Assert.InRange(broker.Count(worker), low, low + 1));
            Assert.True(broker.AllSubscribed);
            Assert.Equal(settled, broker.HandOvers);
            Assert.Equal(0, broker.Unserved);
        });

    [Fact]
    public void A_second_worker_takes_over_half_with_one_interruption_each()
    {
        var broker = new ModelBroker(PartitionCount);
        var (random, first) = (new Random(1), broker.Join());
        Turn(broker, random, Rounds);

        var second = broker.Join();
        Turn(broker, random, Rounds);

        Assert.Equal((8, 8, 8), (broker.Count(first), broker.Count(second), broker.HandOvers));
    }

    [Fact]
    public void Workers_that_do_not_stay_move_nothing()
    {
        var broker = new ModelBroker(PartitionCount);
        var (random, first) = (new Random(1), broker.Join());
        Turn(broker, random, Rounds);

        for (var turn = 0; turn < 10; turn++)
        {
            var flapping = broker.Join();
            Turn(broker, random, 2);
            broker.Kill(flapping);
            Turn(broker, random, 1);
        }

        Assert.Equal((16, 0), (broker.Count(first), broker.HandOvers));
    }

    [Fact]
    public void The_active_worker_waits_for_those_between_it_and_the_new_owner_but_not_for_ever()
    {
        // Two have lived long enough to share two partitions; the one between them has not, so it has no share and no reason yet to move.
        var (active, between, owner) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        var options = new BalancingOptions();
        var plan = new BalancePlan(active, 2, options);
        var roster = new Roster(
        [
            Peer(active, options.SettleTime, Start, activeSince: Start),
            Peer(between, TimeSpan.Zero, Start.AddSeconds(1)),
            Peer(owner, options.SettleTime, Start.AddSeconds(2)),
        ]);

        plan.Next(roster, TimeSpan.Zero);
        var before = plan.Next(roster, options.Patience - TimeSpan.FromMilliseconds(1));
        var after = plan.Next(roster, options.Patience);

        Assert.Equal([BalanceStep.Stay, BalanceStep.Stay], before);
        Assert.Single(after, BalanceStep.HandOver);
    }

    [Fact]
    public void Nobody_leaves_a_line_that_its_new_owner_is_not_in()
    {
        var (active, owner) = (Guid.NewGuid(), Guid.NewGuid());
        var options = new BalancingOptions();
        var plan = new BalancePlan(active, 2, options);
        var roster = new Roster([Peer(active, options.SettleTime, Start, activeSince: Start), new Peer(owner, options.SettleTime, new Dictionary<int, Standing>())]);

        plan.Next(roster, TimeSpan.Zero);
        var after = plan.Next(roster, TimeSpan.FromHours(1));

        Assert.Equal([BalanceStep.Stay, BalanceStep.Stay], after);
    }

    [Fact]
    public void A_worker_that_knows_of_no_owner_subscribes_to_everything_after_a_while()
    {
        var (me, other) = (Guid.NewGuid(), Guid.NewGuid());
        var options = new BalancingOptions();
        var plan = new BalancePlan(me, PartitionCount, options);
        var roster = new Roster([new Peer(me, TimeSpan.Zero, new Dictionary<int, Standing>()), new Peer(other, TimeSpan.Zero, new Dictionary<int, Standing>())]);

        var first = plan.Next(roster, TimeSpan.Zero);
        var later = plan.Next(roster, options.Patience);

        Assert.Equal(PartitionCount / 2, first.Count(step => step == BalanceStep.Subscribe));
        Assert.All(later, step => Assert.Equal(BalanceStep.Subscribe, step));
    }

    private static Peer Peer(Guid id, TimeSpan age, DateTimeOffset subscribedAt, DateTimeOffset? activeSince = null) =>
        new(id, age, new Dictionary<int, Standing> { [0] = new(subscribedAt, activeSince), [1] = new(subscribedAt, activeSince) });

    /// <summary>Every worker looks once per round, in an order that changes.</summary>
    private static void Turn(ModelBroker broker, Random random, int rounds)
    {
        for (var round = 0; round < rounds; round++)
        {
            var workers = broker.Workers.ToArray();
            random.Shuffle(workers);
            foreach (var worker in workers)
            {
                broker.Look(worker, TimeSpan.FromSeconds(1.0 / workers.Length));
            }
        }
    }
}
