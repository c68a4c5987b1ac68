using Rsvp.Cli.Processes;
using Rsvp.Cli.Servers;
using Rsvp.Contracts;
using Rsvp.EndToEnd.Tests.DeadLetters;
using Rsvp.EndToEnd.Tests.Systems;
using Rsvp.Testing;

namespace Rsvp.EndToEnd.Tests.Years;

/// <summary>A database that is restored from a backup, beside queues that know nothing of it: as docs/operations.md says.</summary>
[Collection(SystemCollection.Name)]
[Trait("Category", "Long")]
public sealed class BackupTests(SystemFixture system)
{
    private static readonly TimeSpan AtMost = TimeSpan.FromMinutes(3);
    private static readonly string[] Services = ["api-1", "notifier-1", "worker-1", "worker-2"];

    [Fact]
    public async Task A_restored_database_takes_what_is_in_the_queues_and_repeats_no_effect()
    {
        var activity = await system.OpenAsync(10);
        Command[] before = [BrokerHand.Submit(activity), BrokerHand.Submit(activity)];
        await BrokerHand.SendAsync(system, before);
        await DecidedAsync(2, before);
        var outcomes = await OutcomesAsync(before);
        var dump = Path.Combine(TestServers.Home, "backup.dump");
        await RunAsync("pg_dump", "--format=custom", "--file", dump);

        // After the backup: one was decided and is lost with the database, one still waits in the queue.
        var lost = system.NewPerson();
        var first = await lost.SubmitAsync(activity, key: "once");
        await system.Instance.StopAsync(Services, CancellationToken.None);
        var waiting = BrokerHand.Submit(activity);
        await BrokerHand.SendAsync(system, waiting);

        await RunAsync("pg_restore", "--clean", "--if-exists", "--single-transaction", "--exit-on-error", dump);
        system.Database.Clear();

        // A broker that was restored too, from an older copy of its disk, has commands again that the database has outcomes for.
        await BrokerHand.SendAsync(system, before);
        foreach (var service in Services.Reverse())
        {
            await system.Instance.StartAsync(service, CancellationToken.None);
        }

        await DecidedAsync(1, waiting);
        Assert.Equal("confirmed", first.RsvpStatus);
        Assert.Equal("pending", (await lost.GetAsync($"/api/requests/{first.RequestId}")).Body.GetProperty("status").GetString());
        var again = await lost.SubmitAsync(activity, key: "once");
        Assert.Equal(("confirmed", first.RequestId), (again.RsvpStatus, again.RequestId));
        Assert.Equal(outcomes, await OutcomesAsync(before));
        Assert.Equal(4, await system.ReadAsync("SELECT confirmed_participants FROM activities WHERE activity_id = $1", activity));
        await system.AssertAuditIsCleanAsync();
    }

    private Task DecidedAsync(int count, params Command[] commands) =>
        Eventually.HoldsAsync(async () => (await OutcomesAsync(commands)).Length == count, "the commands are decided", TimeSpan.FromSeconds(60));

    private async Task<string[]> OutcomesAsync(params Command[] commands)
    {
        await using var read = system.Database.CreateCommand(
            "SELECT coalesce(array_agg(outcome::text ORDER BY request_id), '{}') FROM rsvp_requests WHERE request_id = ANY ($1)");
        read.Parameters.AddWithValue(commands.Select(command => command.RequestId).ToArray());
        return (string[])(await read.ExecuteScalarAsync())!;
    }

    /// <summary>Runs a program of PostgreSQL on the system's database, as the server's superuser.</summary>
    private async Task RunAsync(string program, params string[] arguments)
    {
        var folder = LocalPostgres.FindBinaries(system.Instance.Home.In("postgres", "data"))!;
        var address = system.Instance.Postgres.Address;
        var result = await Shell.RunAsync(Path.Combine(folder, program), [.. arguments, "--dbname", address.Url(address.Superuser, address.Password)], AtMost);
        Assert.True(result.Ok, result.Output);
    }
}
