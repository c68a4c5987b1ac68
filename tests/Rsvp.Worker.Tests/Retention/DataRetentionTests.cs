using Microsoft.Extensions.Logging.Abstractions;
using Rsvp.Testing;
using Rsvp.Worker.Audit;
using Rsvp.Worker.Retention;
using Rsvp.Worker.Tests.Partitions;

namespace Rsvp.Worker.Tests.Retention;

/// <summary>What is old is forgotten, what is younger is not, and the auditor knows the difference.</summary>
public sealed class DataRetentionTests
{
    [Fact]
    public async Task Leftovers_are_forgotten_after_thirty_days()
    {
        await using var database = await TestDatabase.CreateAsync();
        foreach (var age in new[] { "30 days 1 minute", "29 days 23 hours" })
        {
            await database.ExecuteAsync("INSERT INTO outbox (outbox_id, kind, payload, created_at) VALUES (gen_random_uuid(), 'Unknown', '{}', now() - $1::text::interval)", age);
            await database.ExecuteAsync("INSERT INTO command_attempts (request_id, attempts, last_at) VALUES (gen_random_uuid(), 1, now() - $1::text::interval)", age);
        }

        var forgotten = await ForgetAsync(database);

        Assert.Equal((1, 1), (forgotten["outbox"], forgotten["command_attempts"]));
        Assert.Equal(2, await database.ScalarAsync<long>("SELECT (SELECT count(*) FROM outbox) + (SELECT count(*) FROM command_attempts)"));
    }

    [Fact]
    public async Task Notifications_are_forgotten_after_four_hundred_days_and_the_auditor_does_not_miss_them()
    {
        await using var database = await TestDatabase.CreateAsync();
        var world = new World(database);
        var (old, young) = (await world.OpenAsync(capacity: 5), await world.OpenAsync(capacity: 5));
        await world.ApplyAsync([World.Submit(old, Guid.NewGuid()), World.Submit(young, Guid.NewGuid())]);
        await AgeAsync(database, old, "401 days");
        await AgeAsync(database, young, "398 days");

        var forgotten = await ForgetAsync(database);

        Assert.Equal(1, forgotten["notifications"]);
        Assert.Equal(young, await database.ScalarAsync<Guid>("SELECT activity_id FROM notifications"));
        Assert.True((await new Auditor(database.DataSource).RunAsync()).IsClean);

        // Control: one that is not old enough is missed.
        await database.ExecuteAsync("DELETE FROM notifications");
        Assert.Contains("I6", (await new Auditor(database.DataSource).RunAsync()).ToString(), StringComparison.Ordinal);
        Assert.False((await new Auditor(database.DataSource).RunAsync()).IsClean);
    }

    private static Task<IReadOnlyDictionary<string, int>> ForgetAsync(TestDatabase database) =>
        new DataRetention(database.DataSource, NullLogger<DataRetention>.Instance).ForgetAsync(CancellationToken.None);

    private static async Task AgeAsync(TestDatabase database, Guid activity, string age)
    {
        await database.ExecuteAsync("UPDATE rsvp_analytics SET at = at - $2::text::interval WHERE activity_id = $1", activity, age);
        await database.ExecuteAsync("UPDATE notifications SET created_at = created_at - $2::text::interval WHERE activity_id = $1", activity, age);
    }
}
