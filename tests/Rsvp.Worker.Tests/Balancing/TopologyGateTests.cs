using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Rsvp.Hosting.Partitions;
using Rsvp.Testing;
using Rsvp.Worker.Balancing;

namespace Rsvp.Worker.Tests.Balancing;

public sealed class TopologyGateTests : IAsyncLifetime
{
    private static readonly TimeSpan DeadAfter = TimeSpan.FromMinutes(1);

    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task A_worker_that_counts_partitions_differently_does_not_start()
    {
        await Gate(version: 1, count: 16).Gate.WaitAsync(CancellationToken.None);

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => Gate(version: 1, count: 32).Gate.WaitAsync(CancellationToken.None));

        Assert.Contains("has 16", refusal.Message, StringComparison.Ordinal);
        await Gate(version: 2, count: 32).Gate.WaitAsync(CancellationToken.None);
    }

    [Fact]
    public async Task A_new_topology_waits_for_the_workers_of_the_old_one_and_not_for_those_that_wait_themselves()
    {
        var (old, oldTable) = Gate(version: 1, count: 16);
        var (next, nextTable) = Gate(version: 2, count: 32);
        await oldTable.BeatAsync([new OwnStanding(0, 1, TimeSpan.Zero, ActiveFor: null, Decided: null)], DeadAfter, CancellationToken.None);
        await nextTable.BeatAsync([], DeadAfter, CancellationToken.None);

        var waiting = next.WaitAsync(CancellationToken.None);
        await old.WaitAsync(CancellationToken.None);
        Assert.False(waiting.IsCompleted);
        await oldTable.LeaveAsync(CancellationToken.None);

        await waiting.WaitAsync(Eventually.DefaultDeadline);
    }

    private (TopologyGate Gate, WorkerTable Table) Gate(int version, int count)
    {
        var topology = Options.Create(new PartitionTopologyOptions { Version = version, Count = count });
        var table = new WorkerTable(_database.DataSource, new WorkerInstance(new ConfigurationBuilder().Build(), TimeProvider.System), topology);
        var options = Options.Create(new BalancingOptions { DeadAfter = DeadAfter });
        return (new TopologyGate(_database.DataSource, table, topology, options, TimeProvider.System, NullLogger<TopologyGate>.Instance), table);
    }
}
