using Rsvp.Testing;
using Rsvp.Worker.Partitions;

namespace Rsvp.Worker.Tests.Partitions;

/// <summary>A prepared plan is made once, often while the tables are empty, and serves the rush that follows.</summary>
public sealed class BatchLoadPlanTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task A_plan_made_on_empty_tables_looks_parties_up_by_their_key_and_not_through_the_line()
    {
        var plan = await PlanOfAsync(database, BatchLoad.RanksSql);

        var lookUp = plan[plan.IndexOf("CTE asked", StringComparison.Ordinal)..plan.IndexOf("CTE wanted", StringComparison.Ordinal)];
        Assert.Contains("rsvps_one_per_user", lookUp, StringComparison.Ordinal);
        Assert.DoesNotContain("rsvps_line", lookUp, StringComparison.Ordinal);
        Assert.DoesNotContain("Seq Scan", lookUp, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plan_made_on_a_table_that_is_known_to_be_small_looks_RSVPs_up_by_their_key()
    {
        await using var small = await SmallAsync();

        var plan = await PlanOfAsync(small, BatchLoad.RsvpsSql);

        Assert.Contains("user_id = wanted.user_id", plan[plan.IndexOf("Index Cond", StringComparison.Ordinal)..], StringComparison.Ordinal);
        Assert.DoesNotContain("Hash", plan, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Control_a_join_is_planned_to_read_a_table_that_is_known_to_be_small()
    {
        await using var small = await SmallAsync();

        var plan = await PlanOfAsync(
            small, "SELECT r.rsvp_id FROM unnest($1, $2) AS wanted (activity_id, user_id) JOIN rsvps r ON r.activity_id = wanted.activity_id AND r.user_id = wanted.user_id");

        Assert.Contains("Hash Cond", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("Index Cond", plan, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Control_with_the_filter_inside_such_a_plan_reads_the_line()
    {
        var plan = await PlanOfAsync(
            database,
            """
            SELECT r.activity_id, r.line_key
            FROM   unnest($1, $2) AS asked (activity_id, user_id)
            JOIN   rsvps r ON r.activity_id = asked.activity_id AND r.user_id = asked.user_id
            WHERE  r.status = 'waitlisted'
            """);

        Assert.Contains("rsvps_line", plan, StringComparison.Ordinal);
    }

    private static async Task<TestDatabase> SmallAsync()
    {
        var small = await TestDatabase.CreateAsync();
        await small.ExecuteAsync("ANALYZE rsvps");
        return small;
    }

    private static async Task<string> PlanOfAsync(TestDatabase database, string sql)
    {
        await using var connection = await database.Batches.OpenConnectionAsync();
        await using (var prepare = new Npgsql.NpgsqlCommand($"PREPARE query (uuid[], uuid[]) AS {sql}", connection))
        {
            await prepare.ExecuteNonQueryAsync();
        }

        await using var explain = new Npgsql.NpgsqlCommand("EXPLAIN EXECUTE query ('{}', '{}')", connection);
        await using var row = await explain.ExecuteReaderAsync();
        var lines = new List<string>();
        while (await row.ReadAsync())
        {
            lines.Add(row.GetString(0));
        }

        await row.CloseAsync();
        await using var deallocate = new Npgsql.NpgsqlCommand("DEALLOCATE query", connection);
        await deallocate.ExecuteNonQueryAsync();
        return string.Join('\n', lines);
    }
}
