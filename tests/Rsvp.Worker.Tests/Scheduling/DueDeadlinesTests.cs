using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Rsvp.Contracts;
using Rsvp.Hosting.Partitions;
using Rsvp.Testing;
using Rsvp.Worker.Deadlines;
using Rsvp.Worker.Outbox;
using Rsvp.Worker.Partitions;
using Rsvp.Worker.Tests.Partitions;

namespace Rsvp.Worker.Tests.Scheduling;

public sealed class DueDeadlinesTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private const int Count = 20;

    [Fact]
    public async Task A_scheduler_that_is_late_and_doubled_takes_each_deadline_once()
    {
        var world = new World(database);
        for (var number = 0; number < Count; number++)
        {
            var activity = await world.OpenAsync(0, settings => settings with { PromotionMode = "offer" });
            await world.ApplyAsync(World.Submit(activity, Guid.NewGuid()));
            await world.ApplyAsync(World.Patch(activity, world.Host, new UpdateActivity { Capacity = 1 }));
            await world.ApplyAsync(World.PassOver(activity));
        }

        await database.ExecuteAsync("UPDATE deadlines SET due_at = now() - interval '1 hour'");
        await database.ExecuteAsync("DELETE FROM outbox");

        var taken = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Scheduler().TakeAsync(CancellationToken.None)));

        Assert.Equal(Count, taken.Sum());
        Assert.Equal((long)Count, await database.ScalarAsync<long>("SELECT count(DISTINCT payload #>> '{commands,0,activityId}') FROM outbox"));
        Assert.Equal((long)Count, await database.ScalarAsync<long>("SELECT count(*) FROM outbox"));
    }

    private DueDeadlines Scheduler()
    {
        // Never started: what it is handed stays in the table.
        var meters = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();
        var dispatcher = new OutboxDispatcher(bus: null!, database.DataSource, meters, TimeProvider.System, NullLogger<OutboxDispatcher>.Instance);
        return new DueDeadlines(database.DataSource, dispatcher, new SystemCommands(Options.Create(new PartitionTopologyOptions()), TimeProvider.System), TimeProvider.System);
    }
}
