using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Rsvp.Hosting.Partitions;
using Rsvp.Testing;
using Rsvp.Worker.Outbox;
using Rsvp.Worker.Partitions;
using Rsvp.Worker.Tests.Partitions;
using Rsvp.Worker.Users;

namespace Rsvp.Worker.Tests.Users;

public sealed class ErasureTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly World _world = new(database);

    [Fact]
    public async Task What_waits_for_a_partition_that_is_behind_is_asked_once_and_again_only_after_ten_seconds()
    {
        var user = Guid.NewGuid();
        await _world.ApplyAsync(World.Submit(await _world.OpenAsync(capacity: 1), user));
        await _world.ApplyAsync(World.Submit(await _world.OpenAsync(capacity: 1), user));
        await database.ExecuteAsync("UPDATE users SET deleted_at = now() WHERE user_id = $1", user);
        var commands = new SystemCommands(Options.Create(new PartitionTopologyOptions()), TimeProvider.System);
        var meters = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();
        var dispatcher = new OutboxDispatcher(bus: null!, database.DataSource, meters, TimeProvider.System, NullLogger<OutboxDispatcher>.Instance);
        var erasure = new Erasure(database.DataSource, commands, dispatcher);

        var first = await erasure.SweepAsync(CancellationToken.None);
        var next = await erasure.SweepAsync(CancellationToken.None);
        await database.ExecuteAsync("UPDATE users SET erasure_asked_at = erasure_asked_at - interval '10 seconds' WHERE user_id = $1", user);
        var later = await erasure.SweepAsync(CancellationToken.None);

        Assert.Equal((2, 0, 2), (first, next, later));
    }
}
