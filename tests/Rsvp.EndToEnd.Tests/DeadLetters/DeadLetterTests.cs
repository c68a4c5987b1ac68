using Rsvp.Cli;
using Rsvp.Contracts;
using Rsvp.EndToEnd.Tests.Systems;
using Rsvp.Testing;

namespace Rsvp.EndToEnd.Tests.DeadLetters;

/// <summary>What cannot be applied, on real processes that die of it.</summary>
[Collection(SystemCollection.Name)]
public sealed class DeadLetterTests(SystemFixture system)
{
    // Three deliveries of the whole batch, then three attempts at the command alone.
    private const int DeathsMax = 6;

    [Fact]
    [Trait("Category", "Long")]
    public async Task A_command_that_kills_every_process_that_tries_it_fails_and_its_neighbours_are_applied()
    {
        var activity = await system.NewPerson().OpenAsync(5);
        var killer = BrokerHand.Ask(activity, CommandNames.CheckIn, command => command with { CheckIn = new CheckIn() });
        Command[] batch = [BrokerHand.Submit(activity), killer, BrokerHand.Submit(activity)];
        await system.Instance.StopAsync("worker-2", CancellationToken.None);
        await system.Instance.StopAsync("worker-1", CancellationToken.None);
        var deaths = 0;
        try
        {
            await BrokerHand.SendAsync(system, batch);
            while (await BrokerHand.OutcomesAsync(system, batch) is { Length: 0 })
            {
                await StartWorkerToDieAsync($"{killer.Name}:kill");
                await Eventually.HoldsAsync(
                    async () => system.Instance.State.Alive("worker-1") is null || (await BrokerHand.OutcomesAsync(system, batch)).Length > 0, "the worker dies, or everything is decided");
                deaths += system.Instance.State.Alive("worker-1") is null ? 1 : 0;
                Assert.InRange(deaths, 0, DeathsMax);
            }
        }
        finally
        {
            if (system.Instance.State.Alive("worker-1") is not null)
            {
                await system.Instance.StopAsync("worker-1", CancellationToken.None);
            }

            await system.Instance.StartAsync("worker-1", CancellationToken.None);
            await system.Instance.StartAsync("worker-2", CancellationToken.None);
        }

        Assert.Equal(["completed", "failed", "completed"], await BrokerHand.OutcomesAsync(system, batch));
        Assert.Equal(DeathsMax, deaths);
        await system.AssertAuditIsCleanAsync();
    }

    [Fact]
    public async Task The_tool_lists_shows_replays_and_drops_and_dies_without_loss()
    {
        var activity = await system.NewPerson().OpenAsync(5);
        var (replayed, dropped) = (BrokerHand.Submit(activity), BrokerHand.Submit(activity));
        var (first, second) = (await BrokerHand.BuryAsync(system, replayed), await BrokerHand.BuryAsync(system, dropped));

        await using var list = system.StartTool("dead", "list");
        Assert.Equal(0, await list.EndsAsync());
        await using var show = system.StartTool("dead", "show", first);
        Assert.Equal(0, await show.EndsAsync());
        await using var noReason = system.StartTool("dead", "drop", second);
        Assert.NotEqual(0, await noReason.EndsAsync());
        await using var killed = system.StartArmedTool("dead_letter_sent:kill", "dead", "replay", first, "--reason", "mended");
        Assert.NotEqual(0, await killed.EndsAsync());
        await using var again = system.StartTool("dead", "replay", first, "--reason", "mended");
        Assert.Equal(0, await again.EndsAsync());
        await using var drop = system.StartTool("dead", "drop", second, "--reason", "nobody needs it", "--by", "Olga");
        Assert.Equal(0, await drop.EndsAsync());

        Assert.All([first, second], id => Assert.Contains(id, list.Output, StringComparison.Ordinal));
        Assert.Contains(replayed.RequestId.ToString(), show.Output, StringComparison.Ordinal);
        Assert.Contains("--reason", noReason.Output, StringComparison.Ordinal);
        Assert.Contains("sent back to rsvp.partition.v1.", again.Output, StringComparison.Ordinal);
        await Eventually.HoldsAsync(async () => (await BrokerHand.OutcomesAsync(system, replayed, dropped)).SequenceEqual(["completed", "failed"]), "the one is applied, the other failed");
        await system.AssertAuditIsCleanAsync();
    }

    private async Task StartWorkerToDieAsync(string failPoint)
    {
        try
        {
            await system.StartArmedAsync("worker-1", failPoint);
        }
        catch (ToolException)
        {
            // It died before it was ready.
        }
    }
}
