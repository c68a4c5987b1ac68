using CsCheck;
using Rsvp.Worker.Balancing;

namespace Rsvp.Worker.Tests.Balancing;

public sealed class AssignmentTests
{
    private static readonly Guid A = new("11111111-1111-4111-8111-111111111111");
    private static readonly Guid B = new("22222222-2222-4222-8222-222222222222");
    private static readonly Guid C = new("33333333-3333-4333-8333-333333333333");

    private static readonly Gen<(int PartitionCount, Guid[] Workers, int Seed)> Worlds =
        Gen.Select(Gen.Int[1, 64], Gen.Guid.Array[1, 12], Gen.Int).Select((count, workers, seed) => (count, workers.Distinct().ToArray(), seed));

    // Computed by another program: workers of two versions that run side by side must agree.
    [Theory]
    [InlineData("11111111-1111-4111-8111-111111111111", 0, 3106412813523502048)]
    [InlineData("11111111-1111-4111-8111-111111111111", 15, 889397687318289821)]
    [InlineData("ffffffff-ffff-ffff-ffff-ffffffffffff", 3, 4301940429637034015)]
    public void A_weight_never_changes(string worker, int partition, ulong weight) => Assert.Equal(weight, Assignment.Weight(Guid.Parse(worker), partition));

    [Fact]
    public void Partitions_are_assigned_as_another_program_does()
    {
        var two = Assignment.Of(16, [A, B], Nobody);
        var three = Assignment.Of(16, [A, B, C], ByPartition(two));
        var twoAgain = Assignment.Of(16, [A, C], ByPartition(three));

        Assert.Equal(("BABBABBAAABAAABB", "BACBCBCACABAACBB", "CACCCACACAAAACCA"), (Letters(two), Letters(three), Letters(twoAgain)));
    }

    [Fact]
    public void Weights_alone_would_be_uneven()
    {
        var heaviest = Enumerable.Range(0, 16).Select(partition => Assignment.Weight(A, partition) > Assignment.Weight(B, partition) ? A : B);

        Assert.Equal(5, heaviest.Count(worker => worker == A));
    }

    [Fact]
    public void Every_worker_has_its_share_rounded_down_or_up() => Worlds.Sample(world =>
    {
        var assigned = Assignment.Of(world.PartitionCount, world.Workers, AnyOwners(world));

        var low = world.PartitionCount / world.Workers.Length;
        return world.Workers.All(worker => assigned.Count(owner => owner == worker) is var count && (count == low || count == low + 1))
            && assigned.All(world.Workers.Contains);
    });

    [Fact]
    public void No_more_moves_than_the_shares_demand() => Worlds.Sample(world =>
    {
        var owners = AnyOwners(world);

        var assigned = Assignment.Of(world.PartitionCount, world.Workers, owners);

        // Whoever has more than a share gives away the excess; as many as there are larger shares keep one more.
        var (low, highCount) = Math.DivRem(world.PartitionCount, world.Workers.Length);
        var held = world.Workers.Select(worker => owners.Count(owner => owner.Value.Worker == worker)).ToList();
        var excess = held.Sum(count => Math.Max(0, count - low)) - Math.Min(highCount, held.Count(count => count > low));
        return owners.Count(owner => world.Workers.Contains(owner.Value.Worker) && assigned[owner.Key] != owner.Value.Worker) == excess;
    });

    [Fact]
    public void One_that_joins_takes_and_one_that_leaves_gives_and_nothing_else_moves() => Worlds.Where(world => world.Workers.Length > 1).Sample(world =>
    {
        var leaver = world.Workers[0];
        var others = world.Workers[1..];

        var without = Assignment.Of(world.PartitionCount, others, Nobody);
        var with = Assignment.Of(world.PartitionCount, world.Workers, ByPartition(without));
        var withoutAgain = Assignment.Of(world.PartitionCount, others, ByPartition(with));

        return Enumerable.Range(0, world.PartitionCount).All(partition =>
            (with[partition] == without[partition] || with[partition] == leaver) && (withoutAgain[partition] == with[partition] || with[partition] == leaver));
    });

    [Fact]
    public void What_is_shared_evenly_stays_as_it_is_whoever_asks_first() => Worlds.Sample(world =>
    {
        var assigned = Assignment.Of(world.PartitionCount, world.Workers, AnyOwners(world));

        return assigned.SequenceEqual(Assignment.Of(world.PartitionCount, [.. world.Workers.Reverse()], ByPartition(assigned)));
    });

    [Fact]
    public void Who_has_too_much_gives_away_what_it_got_last()
    {
        // A and B had half each; then B died, the broker gave everything to A, and C joined.
        var since = DateTimeOffset.UnixEpoch;
        var owners = Enumerable.Range(0, 16).ToDictionary(partition => partition, partition => new Owner(A, partition < 8 ? since : since.AddSeconds(1)));

        var assigned = Assignment.Of(16, [A, C], owners);

        Assert.Equal("AAAAAAAACCCCCCCC", Letters(assigned));
    }

    private static Dictionary<int, Owner> Nobody => [];

    private static Dictionary<int, Owner> ByPartition(Guid[] assigned) =>
        assigned.Index().ToDictionary(entry => entry.Index, entry => new Owner(entry.Item, DateTimeOffset.UnixEpoch));

    /// <summary>Owners as chance has them: workers, somebody dead, or nobody.</summary>
    private static Dictionary<int, Owner> AnyOwners((int PartitionCount, Guid[] Workers, int Seed) world)
    {
        var random = new Random(world.Seed);
        var owners = new Dictionary<int, Owner>();
        for (var partition = 0; partition < world.PartitionCount; partition++)
        {
            var choice = random.Next(world.Workers.Length + 2);
            if (choice <= world.Workers.Length)
            {
                owners[partition] = new Owner(choice < world.Workers.Length ? world.Workers[choice] : Guid.Empty, DateTimeOffset.UnixEpoch.AddSeconds(random.Next(3)));
            }
        }

        return owners;
    }

    private static string Letters(Guid[] assigned) => string.Concat(assigned.Select(worker => worker == A ? 'A' : worker == B ? 'B' : 'C'));
}
