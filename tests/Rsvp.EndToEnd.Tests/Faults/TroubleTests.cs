using System.Collections.Concurrent;
using System.Net;
using Rsvp.Cli.Processes;
using Rsvp.EndToEnd.Tests.Systems;
using Rsvp.Testing;
using Rsvp.Worker.Audit;

namespace Rsvp.EndToEnd.Tests.Faults;

/// <summary>Trouble while people ask. The journal of the client says what was accepted.</summary>
[Collection(SystemCollection.Name)]
public sealed class TroubleTests(SystemFixture system)
{
    [Fact]
    public async Task A_frozen_worker_that_comes_back_changes_nothing()
    {
        var activity = await system.NewPerson().OpenAsync(20);
        var journal = new ConcurrentBag<(Person Person, Answer Answer)>();

        system.Instance.Send("worker-1", Signal.Stop);
        try
        {
            await Task.WhenAll(Enumerable.Range(0, 100).Select(async _ =>
            {
                var person = system.NewPerson();
                journal.Add((person, await person.SubmitAsync(activity, waitSeconds: 1)));
            }));
            await Eventually.HoldsAsync(
                async () =>
                {
                    await using var command = system.Database.CreateCommand("SELECT count(*) FROM rsvps WHERE activity_id = $1");
                    command.Parameters.AddWithValue(activity);
                    return await command.ExecuteScalarAsync() is 100L;
                },
                "the other worker has applied everything");
        }
        finally
        {
            system.Instance.Send("worker-1", Signal.Continue);
        }

        await EveryRequestHasOneOutcomeAsync(journal, activity, expected: 100);
    }

    [Fact]
    public async Task With_the_database_away_requests_are_accepted_pending_and_applied_when_it_is_back()
    {
        var activity = await system.NewPerson().OpenAsync(5);
        var person = system.NewPerson();
        await system.Instance.StopAsync("postgres", CancellationToken.None);

        var accepted = await person.SubmitAsync(activity, waitSeconds: 1);
        var pending = await person.GetAsync($"/api/requests/{accepted.RequestId}");
        var read = await person.GetAsync($"/api/activities/{activity}");

        Assert.Equal(HttpStatusCode.Accepted, accepted.Status);
        Assert.Equal("pending", pending.Body.GetProperty("status").GetString());
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "unavailable"), (read.Status, read.Code));

        await system.Instance.StartAsync("postgres", CancellationToken.None);
        system.Database.Clear(); // The test's own connections ended with the server.
        await Eventually.HoldsAsync(
            async () => (await person.GetAsync($"/api/requests/{accepted.RequestId}")).Body.GetProperty("status").GetString() == "completed",
            "the request is applied",
            TimeSpan.FromSeconds(60));
        Assert.Equal("confirmed", await person.StatusAsync(activity));
        await system.AssertAuditIsCleanAsync();
    }

    [Fact]
    public async Task With_the_broker_away_requests_are_refused_at_once_and_taken_again_when_it_is_back()
    {
        var activity = await system.NewPerson().OpenAsync(5);
        var person = system.NewPerson();
        await system.Instance.StopAsync("rabbitmq", CancellationToken.None);

        var refused = await person.SubmitAsync(activity, key: "again");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.Status);
        Assert.True(refused.Code is "outcome_unknown" or "overloaded" or "unavailable", refused.Code);

        await system.Instance.StartAsync("rabbitmq", CancellationToken.None);
        await Eventually.HoldsAsync(
            async () => (await person.SubmitAsync(activity, key: "again")).RsvpStatus == "confirmed", "the same request is taken", TimeSpan.FromSeconds(60));
        await system.AssertAuditIsCleanAsync();
    }

    private async Task EveryRequestHasOneOutcomeAsync(IReadOnlyCollection<(Person Person, Answer Answer)> journal, Guid activity, int expected)
    {
        Assert.All(journal, entry => Assert.Contains(entry.Answer.Status, new[] { HttpStatusCode.Created, HttpStatusCode.Accepted }));
        foreach (var (person, answer) in journal.Where(entry => entry.Answer.Status == HttpStatusCode.Accepted))
        {
            await Eventually.HoldsAsync(
                async () => (await person.GetAsync($"/api/requests/{answer.RequestId}")).Body.GetProperty("status").GetString() == "completed",
                "an accepted request has its outcome");
        }

        await using var command = system.Database.CreateCommand("SELECT count(*) FROM rsvps WHERE activity_id = $1 AND status IN ('confirmed', 'waitlisted')");
        command.Parameters.AddWithValue(activity);
        Assert.Equal((long)expected, await command.ExecuteScalarAsync());
        await system.AssertAuditIsCleanAsync();
        var report = await new Auditor(system.Database).RunAsync(new AuditOptions { Journal = [.. journal.Select(entry => Guid.Parse(entry.Answer.RequestId))] });
        Assert.True(report.IsClean, report.ToString());
    }
}
