using Rsvp.Cli.Storm;
using Rsvp.EndToEnd.Tests.Systems;
using Rsvp.Testing;

namespace Rsvp.EndToEnd.Tests.Storm;

/// <summary>Kills processes while people cancel, others are promoted, and everybody watches.</summary>
/// <remarks>The storm itself checks that everybody at the head of the line was told of their place, and audits.</remarks>
[Collection(SystemCollection.Name)]
[Trait("Category", "Long")]
public sealed class KilledAmongCancelsTests(SystemFixture system)
{
    private const int HubWatcherCount = 50;
    private static readonly TimeSpan AtMost = TimeSpan.FromMinutes(4);

    [Fact]
    public async Task A_killed_notifier_comes_back_and_every_watcher_with_it()
    {
        await using var trouble = new Trouble(system, ["notifier-1"]);

        await StormAsync(trouble);

        await trouble.Watchers.AssertUpToDateAsync();
        trouble.Watchers.AssertAllConnectedAgain();
    }

    [Fact]
    public async Task Workers_killed_in_turn_cost_no_promotion_and_no_update()
    {
        // Both, because one of them applies nothing of this activity.
        await using var trouble = new Trouble(system, ["worker-1", "worker-2"]);

        await StormAsync(trouble);

        await trouble.Watchers.AssertUpToDateAsync();
    }

    private async Task StormAsync(Trouble trouble)
    {
        using var limit = new CancellationTokenSource(AtMost);
        var options = new StormOptions
        {
            UserCount = 500,
            Capacity = 150,
            ConnectionCount = 100,
            PartyMax = 2,
            CancelCount = 60,
            CancelInterval = TimeSpan.FromMilliseconds(100),
            WarmupRounds = 0,
        };
        StormReport report = await StormCommand.RunAsync(system.Run, options, trouble, "test", limit.Token);
        await trouble.EndsAsync();

        Assert.Equal(options.CancelCount, report.Cancels);
        Assert.All(report.Checks, check => Assert.True(check.Ok, $"{check.Name}: {check.Found}, not {check.Expected}"));
        Assert.True(report.Audit.Violations == 0, report.Audit.Text);
    }

    /// <summary>Watches what the storm tells of itself: when the rush begins people watch, and when a third have cancelled processes die, one after another, and start again.</summary>
    private sealed class Trouble(SystemFixture system, string[] victims) : IStormProgress, IAsyncDisposable
    {
        private HubWatchers? _watchers;
        private Task? _faults;

        internal HubWatchers Watchers => _watchers ?? throw new InvalidOperationException("The storm never began.");

        public void Begin(string title, int count) => Say($"{title}: {count}");

        public void Report(StormRound round)
        {
            _watchers ??= new HubWatchers(system, round.ActivityId, HubWatcherCount);
            if (round.IsCancel && round.DoneCount >= round.Count / 3) _faults ??= KillInTurnAsync(round);
        }

        public void Say(string text) => TestContext.Current.TestOutputHelper?.WriteLine(text);

        public void End()
        {
        }

        internal async Task EndsAsync() => await (_faults ?? throw new InvalidOperationException("Nobody was killed."));

        public async ValueTask DisposeAsync()
        {
            if (_watchers is not null) await _watchers.DisposeAsync();
            foreach (var victim in victims) await system.Instance.StartAsync(victim, CancellationToken.None);
        }

        private async Task KillInTurnAsync(StormRound round)
        {
            foreach (var victim in victims)
            {
                // The one before has gone, and people still cancel one after another.
                var done = round.DoneCount;
                if (victim != victims[0]) await Eventually.HoldsAsync(() => round.DoneCount > done, $"another process has taken over before {victim} is killed");
                Assert.True(round.DoneCount < round.Count, $"Some have not cancelled yet when {victim} is killed.");
                Say($"{round.DoneCount} cancelled: killing {victim}");
                await system.Instance.KillAsync(victim, CancellationToken.None);
            }

            foreach (var victim in victims) await system.Instance.StartAsync(victim, CancellationToken.None);
        }
    }
}
