using Rsvp.EndToEnd.Tests.Systems;
using Rsvp.Testing;

namespace Rsvp.EndToEnd.Tests.Promotion;

/// <summary>Kills the only worker at each step of a promotion; another one finishes it.</summary>
[Collection(SystemCollection.Name)]
public sealed class KilledWorkerTests(SystemFixture system) : IClassFixture<KilledWorkerTests.TwoWorkersAgain>
{
    [Theory]
    [InlineData("after_commit:kill:1", "the cancel is committed and its vacancy not announced")]
    [InlineData("after_commit:kill:2", "the pass is committed and not told")]
    public Task A_worker_killed_when(string failPoint, string when) => KillAsync(failPoint, when);

    [Theory]
    [Trait("Category", "Long")]
    [InlineData("before_commit:kill:1", "the cancel is decided and not committed")]
    [InlineData("after_publish:kill:1", "the vacancy is announced and still in the outbox")]
    [InlineData("before_saga_commit:kill:1", "the saga has the vacancy and has not stored it")]
    [InlineData("after_saga_commit:kill:1", "the pass is asked for and not sent")]
    [InlineData("before_commit:kill:2", "the pass is decided and not committed")]
    [InlineData("before_saga_commit:kill:2", "the saga has the answer and has not stored it")]
    [InlineData("before_ack:kill:2", "the pass is told and its message not acknowledged")]
    public Task A_worker_killed_also_when(string failPoint, string when) => KillAsync(failPoint, when);

    private async Task KillAsync(string failPoint, string when)
    {
        var activity = await system.NewPerson().OpenAsync(2);
        var (first, second, third) = (system.NewPerson(), system.NewPerson(), system.NewPerson());
        List<(Person Person, Answer Answer)> journal = [];
        foreach (var person in new[] { first, second, third })
        {
            journal.Add((person, await person.SubmitAsync(activity)));
        }

        try
        {
            await RestartArmedAsync(failPoint);
            var cancel = await first.SendAsync(HttpMethod.Delete, $"/api/activities/{activity}/rsvp", waitSeconds: null);
            await Eventually.HoldsAsync(() => system.Instance.State.Alive("worker-1") is null, $"the worker dies when {when}");
            await system.Instance.StartAsync("worker-2", CancellationToken.None);

            await third.BecomesAsync(activity, "confirmed");
            Assert.Equal("cancelled", await first.StatusAsync(activity));
            journal.Add((first, cancel));
            await system.AssertAuditIsCleanAsync();
            await system.AssertJournalAsync(activity, journal);
        }
        finally
        {
            // Whatever came of it, the next finds the system at work.
            await system.Instance.StartAsync("worker-2", CancellationToken.None);
        }
    }

    /// <summary>Leaves one worker, which dies at the fail point.</summary>
    private async Task RestartArmedAsync(string failPoint)
    {
        if (system.Instance.State.Alive("worker-1") is not null)
        {
            await system.Instance.StopAsync("worker-1", CancellationToken.None);
        }

        await system.StartArmedAsync("worker-1", failPoint);
        await system.Instance.StopAsync("worker-2", CancellationToken.None);
    }

    /// <summary>The other tests find the system as they know it.</summary>
    public sealed class TwoWorkersAgain(SystemFixture system) : IAsyncLifetime
    {
        public ValueTask InitializeAsync() => ValueTask.CompletedTask;

        public async ValueTask DisposeAsync()
        {
            if (SystemFixture.IsOwn)
            {
                await system.Instance.StartAsync("worker-2", CancellationToken.None);
                await system.Instance.StartAsync("worker-1", CancellationToken.None);
            }
        }
    }
}
