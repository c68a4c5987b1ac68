using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Rsvp.Cli.Processes;
using Rsvp.Contracts;
using Rsvp.EndToEnd.Tests.Scaling;
using Rsvp.EndToEnd.Tests.Systems;
using Rsvp.Testing;

namespace Rsvp.EndToEnd.Tests.Faults;

/// <summary>Trouble while people ask. The journal of the client says what was accepted.</summary>
[Collection(SystemCollection.Name)]
public sealed class TroubleTests(SystemFixture system)
{
    private const string Victim = "worker-1";

    [Fact]
    [Trait("Category", "Long")]
    public async Task A_worker_frozen_with_a_batch_in_hand_comes_back_and_its_late_write_does_not_take_effect()
    {
        try
        {
            var (activity, journal) = await FreezeAmongPeopleAsync();
            await AppliedByTheOtherAsync(activity, journal.Count);

            system.Instance.Send(Victim, Signal.Continue);

            await Eventually.HoldsAsync(async () => await ConflictsAsync() > 0, "the late write of the worker meets the guard");
            await EveryRequestHasOneOutcomeAsync(journal, activity);
        }
        finally
        {
            await RestartVictimAsync();
        }
    }

    [Fact]
    public async Task A_worker_killed_with_a_batch_in_hand_is_replaced_by_the_one_that_stands_by()
    {
        try
        {
            var (activity, journal) = await FreezeAmongPeopleAsync();

            await using var clock = system.Database.CreateCommand("SELECT clock_timestamp()");
            var killedAt = (DateTime)(await clock.ExecuteScalarAsync())!;
            await system.Instance.KillAsync(Victim, CancellationToken.None);

            await AppliedByTheOtherAsync(activity, journal.Count);
            await using var first = system.Database.CreateCommand("SELECT min(created_at) FROM rsvps WHERE activity_id = $1");
            first.Parameters.AddWithValue(activity);
            TestContext.Current.TestOutputHelper?.WriteLine($"The other worker decided {((DateTime)(await first.ExecuteScalarAsync())! - killedAt).TotalMilliseconds:0} ms after the death.");
            await EveryRequestHasOneOutcomeAsync(journal, activity);
        }
        finally
        {
            await RestartVictimAsync();
        }
    }

    [Fact]
    public async Task With_the_database_away_requests_are_accepted_pending_and_applied_when_it_is_back()
    {
        var activity = await system.NewPerson().OpenAsync(5);
        var person = system.NewPerson();
        await system.Instance.StopAsync("postgres", CancellationToken.None);

        var accepted = await person.SubmitAsync(activity, waitSeconds: 1);
        Assert.InRange(accepted.Took, TimeSpan.Zero, Person.AnsweredWithin);
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
        await system.AssertJournalAsync(activity, [(person, accepted)]);
    }

    [Fact]
    public async Task With_the_broker_away_requests_are_refused_at_once_and_taken_again_when_it_is_back()
    {
        var activity = await system.NewPerson().OpenAsync(5);
        var person = system.NewPerson();
        await system.Instance.StopAsync("rabbitmq", CancellationToken.None);

        var refused = await person.SubmitAsync(activity, key: "again");
        var refusedAgain = await system.NewPerson().SubmitAsync(activity);

        Assert.All([refused, refusedAgain], answer =>
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.Status);
            Assert.True(answer.Code is "outcome_unknown" or "overloaded" or "unavailable", answer.Code);
            Assert.InRange(answer.Took, TimeSpan.Zero, Person.AnsweredWithin);
        });

        await system.Instance.StartAsync("rabbitmq", CancellationToken.None);
        Answer? taken = null;
        await Eventually.HoldsAsync(
            async () => (taken = await person.SubmitAsync(activity, key: "again")).RsvpStatus == "confirmed", "the same request is taken", TimeSpan.FromSeconds(60));
        await system.AssertAuditIsCleanAsync();
        await system.AssertJournalAsync(activity, [(person, taken!)]);
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task With_database_and_broker_away_together_workers_stand_in_line_again_when_both_are_back()
    {
        var activity = await system.OpenAsync(5);
        var (before, after) = (system.NewPerson(), system.NewPerson());
        Answer accepted;
        await system.Instance.StopAsync("postgres", CancellationToken.None);
        try
        {
            accepted = await before.SubmitAsync(activity, waitSeconds: 0);

            // The workers have left the queues, and wait for the database before they stand in line again.
            await Eventually.HoldsAsync(
                async () => await SumAsync("worker-1", "rsvp_partition_owned") + await SumAsync("worker-2", "rsvp_partition_owned") == 0,
                "no worker is active on a partition",
                TimeSpan.FromSeconds(60));
            await system.Instance.StopAsync("rabbitmq", CancellationToken.None);
        }
        finally
        {
            await system.Instance.StartAsync("rabbitmq", CancellationToken.None);
            await system.Instance.StartAsync("postgres", CancellationToken.None);
            system.Database.Clear(); // The test's own connections ended with the server.
        }

        await system.ShareEvenlyAsync("worker-1", "worker-2");
        Answer? taken = null;
        await Eventually.HoldsAsync(async () => (taken = await after.SubmitAsync(activity)).RsvpStatus == "confirmed", "people are served", TimeSpan.FromSeconds(60));
        await system.AssertJournalAsync(activity, [(before, accepted), (after, taken!)]);
        await system.AssertAuditIsCleanAsync();
    }

    /// <summary>Lets people ask for seats of an activity whose worker freezes when it has read what it is about to decide for the first of them.</summary>
    private async Task<(Guid Activity, IReadOnlyCollection<(Person Person, Answer Answer)> Journal)> FreezeAmongPeopleAsync()
    {
        await system.Instance.StopAsync(Victim, CancellationToken.None);
        await system.StartArmedAsync(Victim, $"{CommandNames.SubmitRsvp}:freeze");
        var activity = await system.OpenOnAsync(Victim, 20);
        var journal = new ConcurrentBag<(Person Person, Answer Answer)>();
        await Task.WhenAll(Enumerable.Range(0, 100).Select(async _ =>
        {
            var person = system.NewPerson();
            journal.Add((person, await person.SubmitAsync(activity, waitSeconds: 1)));
        }));
        Assert.True(await IsFrozenAsync(), "Nobody waits for the worker.");
        return (activity, journal);
    }

    private async Task<bool> IsFrozenAsync()
    {
        var status = await File.ReadAllLinesAsync($"/proc/{system.Instance.State.Alive(Victim)!.Pid}/status");
        return status.Single(line => line.StartsWith("State:", StringComparison.Ordinal)).Contains("stopped", StringComparison.Ordinal);
    }

    private Task AppliedByTheOtherAsync(Guid activity, int count) => Eventually.HoldsAsync(
        async () =>
        {
            await using var command = system.Database.CreateCommand("SELECT count(*) FROM rsvps WHERE activity_id = $1");
            command.Parameters.AddWithValue(activity);
            return await command.ExecuteScalarAsync() is long applied && applied == count;
        },
        "the other worker has applied everything");

    private Task<double> ConflictsAsync() => SumAsync(Victim, "rsvp_guard_conflicts_total");

    /// <summary>What a metric of a worker comes to, over all its series.</summary>
    private async Task<double> SumAsync(string worker, string metric)
    {
        var page = await system.Http.GetStringAsync(new Uri(system.Run.Metrics.Single(metrics => metrics.Name == worker).Url));
        return page.Split('\n')
            .Where(line => line.StartsWith(metric, StringComparison.Ordinal))
            .Sum(line => double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture));
    }

    private async Task RestartVictimAsync()
    {
        if (system.Instance.State.Alive(Victim) is { } frozen)
        {
            frozen.Send(Signal.Continue);
            await system.Instance.StopAsync(Victim, CancellationToken.None);
        }

        await system.Instance.StartAsync(Victim, CancellationToken.None);
    }

    private async Task EveryRequestHasOneOutcomeAsync(IReadOnlyCollection<(Person Person, Answer Answer)> journal, Guid activity)
    {
        Assert.All(journal, entry => Assert.Contains(entry.Answer.Status, new[] { HttpStatusCode.Created, HttpStatusCode.Accepted }));
        await system.AssertJournalAsync(activity, journal);
        await using var command = system.Database.CreateCommand("SELECT count(*) FROM rsvps WHERE activity_id = $1 AND status IN ('confirmed', 'waitlisted')");
        command.Parameters.AddWithValue(activity);
        Assert.Equal((long)journal.Count, await command.ExecuteScalarAsync());
        await system.AssertAuditIsCleanAsync();
    }
}
