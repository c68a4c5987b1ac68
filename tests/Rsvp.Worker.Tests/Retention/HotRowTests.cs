using Rsvp.Testing;
using Rsvp.Worker.Tests.Partitions;

namespace Rsvp.Worker.Tests.Retention;

/// <summary>The row that every batch of a rush writes costs no index an entry.</summary>
public sealed class HotRowTests
{
    private const int Batches = 50;

    [Fact]
    public async Task A_batch_writes_its_activity_and_none_of_the_activitys_indexes()
    {
        Assert.InRange(await HotShareAsync(), 0.9, 1.0);
    }

    [Fact]
    public async Task Control_an_index_whose_condition_reads_a_counter_makes_every_batch_write_them_all()
    {
        Assert.InRange(await HotShareAsync("CREATE INDEX ON activities (cancelled_at) WHERE confirmed_participants + waitlisted_participants > 0"), 0.0, 0.1);
    }

    private static async Task<double> HotShareAsync(string? change = null)
    {
        await using var database = await TestDatabase.CreateAsync();
        if (change is not null)
        {
            await database.ExecuteAsync(change);
        }

        var world = new World(database);
        var activity = await world.OpenAsync(capacity: Batches); // Each batch changes the count of the confirmed.
        for (var batch = 0; batch < Batches; batch++)
        {
            await world.ApplyAsync(World.Submit(activity, Guid.NewGuid()));
        }

        // A session tells what it did when it has been idle for a moment.
        var share = 0.0;
        await Eventually.HoldsAsync(
            async () =>
            {
                await database.ExecuteAsync("SELECT pg_stat_force_next_flush()");
                share = await database.ScalarAsync<double>(
                    "SELECT coalesce((SELECT n_tup_hot_upd::float8 / nullif(n_tup_upd, 0) FROM pg_stat_user_tables WHERE relname = 'activities' AND n_tup_upd >= 45), -1.0)");
                return share >= 0;
            },
            "the statistics of the table are there");
        return share;
    }
}
