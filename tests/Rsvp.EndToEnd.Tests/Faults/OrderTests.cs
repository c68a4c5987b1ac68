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
    public async Task Decisions_follow_the_order_of_confirms_through_a_workers_death_a_hand_over_closed_connections_and_a_broker_that_restarts_with_a_backlog()
    {
        var activity = await system.OpenOnAsync("worker-1", 10);
        using var end = new CancellationTokenSource();
        var asking = AskUntilAsync(activity, end.Token);
        try
        {
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

            foreach (var worker in new[] { "worker-1", "worker-2" }) system.Instance.Send(worker, Signal.Stop);
            await MoreAsync(50, "commands wait for frozen workers");
            await system.Instance.StopAsync("rabbitmq", CancellationToken.None);
            await system.Instance.StartAsync("rabbitmq", CancellationToken.None);
            foreach (var worker in new[] { "worker-1", "worker-2" }) system.Instance.Send(worker, Signal.Continue);
            await MoreAsync(20, "the broker has restarted");
        }
        finally
        {
            foreach (var worker in new[] { "worker-1", "worker-2" }) system.Instance.State.Alive(worker)?.Send(Signal.Continue);
            await end.CancelAsync();
            await asking;
            await system.RestoreAsync();
        }

        var decided = new List<Guid>();
        await Eventually.HoldsAsync(async () => (decided = await DecidedAsync(activity)).Count >= _accepted.Count, "everything that was accepted is decided", AtMost);
        Assert.Equal(_accepted, decided);
        await system.AssertAuditIsCleanAsync();
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
