using Rsvp.Cli.Processes;
using Rsvp.EndToEnd.Tests.Systems;

namespace Rsvp.EndToEnd.Tests.Scaling;

/// <summary>Workers come and go while people ask.</summary>
[Collection(SystemCollection.Name)]
[Trait("Category", "Long")]
public sealed class ScalingTests(SystemFixture system)
{
    [Fact]
    public async Task Workers_that_join_leave_die_or_freeze_during_a_rush_move_only_what_must_move_and_change_nothing_for_anybody()
    {
        await using var rush = await Rush.BeginAsync(system);
        try
        {
            var two = await system.ShareEvenlyAsync("worker-1", "worker-2");

            await system.ScaleAsync(4);
            var four = await system.ShareEvenlyAsync("worker-1", "worker-2", "worker-3", "worker-4");
            Assert.All(Workers.Moved(two, four), partition => Assert.True(four[partition] is "worker-3" or "worker-4"));

            await system.Instance.KillAsync("worker-4", CancellationToken.None);
            var three = await system.ShareEvenlyAsync("worker-1", "worker-2", "worker-3");
            Assert.All(Workers.Moved(four, three), partition => Assert.Equal("worker-4", four[partition]));

            system.Instance.Send("worker-2", Signal.Stop);
            var withoutFrozen = await system.ShareEvenlyAsync("worker-1", "worker-3");
            Assert.All(Workers.Moved(three, withoutFrozen), partition => Assert.Equal("worker-2", three[partition]));
            system.Instance.Send("worker-2", Signal.Continue);
            await system.ShareEvenlyAsync("worker-1", "worker-2", "worker-3");

            await system.ScaleAsync(1);
            await system.ShareEvenlyAsync("worker-1");
            await rush.EndsCleanAsync();
        }
        finally
        {
            system.Instance.State.Alive("worker-2")?.Send(Signal.Continue);
            await system.RestoreAsync();
        }
    }
}
