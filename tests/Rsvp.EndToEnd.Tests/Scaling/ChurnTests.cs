using System.Diagnostics;
using Rsvp.EndToEnd.Tests.Systems;

namespace Rsvp.EndToEnd.Tests.Scaling;

/// <summary>Workers that do not stay.</summary>
[Collection(SystemCollection.Name)]
[Trait("Category", "Long")]
public sealed class ChurnTests(SystemFixture system)
{
    private static readonly TimeSpan Duration = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Workers_that_are_killed_and_started_without_a_pause_for_a_minute_lose_nothing_and_every_partition_is_owned_again()
    {
        await using var rush = await Rush.BeginAsync(system);
        try
        {
            var clock = Stopwatch.StartNew();
            for (var number = 0; clock.Elapsed < Duration; number++)
            {
                // In turn killed and stopped in good order; a start takes about two seconds.
                string[] victims = ["worker-1", "worker-2"];
                var victim = victims[number % 2];
                await (number % 4 < 2 ? system.Instance.KillAsync(victim, CancellationToken.None) : system.Instance.StopAsync(victim, CancellationToken.None));
                await system.Instance.StartAsync(victim, CancellationToken.None);
            }

            await system.ShareEvenlyAsync("worker-1", "worker-2");
            await rush.EndsCleanAsync();
        }
        finally
        {
            await system.RestoreAsync();
        }
    }
}
