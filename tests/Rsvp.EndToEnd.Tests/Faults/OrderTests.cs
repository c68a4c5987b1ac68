using System.Net;
using Rsvp.Cli.Processes;
using Rsvp.Cli.Servers;
using Rsvp.EndToEnd.Tests.Scaling;
using Rsvp.EndToEnd.Tests.Systems;
using Rsvp.Testing;

namespace Rsvp.EndToEnd.Tests.Faults;

/// <summary>The decision log has the order in which the broker confirmed.</summary>
/// <remarks>One client asks for one person after another and goes on when a request is accepted, so the order of confirms is the order of people, whatever had to be asked again.</remarks>
[Collection(SystemCollection.Name)]
[Trait("Category", "Long")]
public sealed class OrderTests(SystemFixture system)
{
    private static readonly TimeSpan AtMost = TimeSpan.FromSeconds(60);

    private readonly List<Guid> _accepted = [];

    [Fact]
    public async Task Decisions_follow_the_order_of_confirms_whatever_dies_is_handed_over_or_restarts_with_a_backlog()
    {
        var activity = await system.OpenOnAsync("worker-1", 10);
        using var end = new CancellationTokenSource();
        var asking = AskUntilAsync(activity, end.Token);
        try
        {
            system.Instance.Send("worker-1", Signal.Stop);
            await MoreAsync(20, "commands wait for a worker that is about to die");
            await system.Instance.KillAsync("worker-1", CancellationToken.None);
            await MoreAsync(20, "its worker has died");
            await Eventually.HoldsAsync(async () => await system.OwnerOfAsync(activity) == "worker-2", "the partition is the other worker's", AtMost);

            // The other one leaves in good order, and hands over all that it has.
            await system.Instance.StartAsync("worker-1", CancellationToken.None);
            await system.Instance.StopAsync("worker-2", CancellationToken.None);
            await Eventually.HoldsAsync(async () => await system.OwnerOfAsync(activity) == "worker-1", "the partition is handed over", AtMost);
            await MoreAsync(20, "the partition was handed over");
            await system.Instance.StartAsync("worker-2", CancellationToken.None);

            await Assert.IsType<LocalRabbit>(system.Instance.Rabbit).ControlAsync(["close_all_connections", "a test"], CancellationToken.None);
            await MoreAsync(20, "all connections were closed");

            await WithABacklogAsync(() => system.Instance.StopAsync("rabbitmq", CancellationToken.None));
            await MoreAsync(20, "the broker has restarted");
            await WithABacklogAsync(() => system.Instance.KillAsync("rabbitmq", CancellationToken.None));
            await MoreAsync(20, "the broker was killed");

            await system.Instance.StopAsync("postgres", CancellationToken.None);
            await MoreAsync(20, "the database is away");
            await system.Instance.StartAsync("postgres", CancellationToken.None);
            system.Database.Clear(); // The test's own connections ended with the server.
            await DecidedSoFarAsync(activity);
            var server = system.Instance.State.Alive("postgres")!;
            server.Send(Signal.Quit); // It stops at once and has to recover.
            Assert.True(await server.WaitForExitAsync(AtMost, CancellationToken.None));
            await MoreAsync(20, "the database has crashed");
            await system.Instance.StartAsync("postgres", CancellationToken.None);
            system.Database.Clear();
        }
        finally
        {
            await system.Instance.StartAsync("rabbitmq", CancellationToken.None);
            await system.Instance.StartAsync("postgres", CancellationToken.None);
            system.Database.Clear();
            foreach (var worker in new[] { "worker-1", "worker-2" }) system.Instance.State.Alive(worker)?.Send(Signal.Continue);
            await end.CancelAsync();
            await asking;
            await system.RestoreAsync();
        }

        Assert.Equal(_accepted, await DecidedSoFarAsync(activity));
        await system.AssertAuditIsCleanAsync();
    }

    /// <summary>Lets commands wait for frozen workers while the broker goes and comes again.</summary>
    private async Task WithABacklogAsync(Func<Task> end)
    {
        foreach (var worker in new[] { "worker-1", "worker-2" }) system.Instance.Send(worker, Signal.Stop);
        await MoreAsync(50, "commands wait for frozen workers");
        await end();
        await system.Instance.StartAsync("rabbitmq", CancellationToken.None);
        foreach (var worker in new[] { "worker-1", "worker-2" }) system.Instance.Send(worker, Signal.Continue);
    }

    /// <summary>Waits until as much is decided as was accepted by now.</summary>
    private async Task<List<Guid>> DecidedSoFarAsync(Guid activity)
    {
        var (accepted, decided) = (Count(), new List<Guid>());
        await Eventually.HoldsAsync(async () => (decided = await DecidedAsync(activity)).Count >= accepted, "everything that was accepted is decided", AtMost);
        return decided;
    }

    private async Task AskUntilAsync(Guid activity, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            var person = system.NewPerson();
            await Eventually.HoldsAsync(async () => await IsAcceptedAsync(person, activity), "a request is accepted", AtMost);
            lock (_accepted) _accepted.Add(person.Id);
        }
    }

    private static async Task<bool> IsAcceptedAsync(Person person, Guid activity)
    {
        try
        {
            return (await person.SubmitAsync(activity, key: "once", waitSeconds: 0)).Status is HttpStatusCode.Accepted or HttpStatusCode.Created;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private Task MoreAsync(int count, string when)
    {
        var before = Count();
        return Eventually.HoldsAsync(() => Count() >= before + count, $"people are accepted when {when}", AtMost);
    }

    private int Count()
    {
        lock (_accepted) return _accepted.Count;
    }

    private async Task<List<Guid>> DecidedAsync(Guid activity)
    {
        await using var command = system.Database.CreateCommand(
            "SELECT user_id FROM rsvp_analytics WHERE activity_id = $1 AND action IN ('confirmed', 'waitlisted') ORDER BY seq");
        command.Parameters.AddWithValue(activity);
        var people = new List<Guid>();
        await using var row = await command.ExecuteReaderAsync();
        while (await row.ReadAsync()) people.Add(row.GetGuid(0));
        return people;
    }
}
