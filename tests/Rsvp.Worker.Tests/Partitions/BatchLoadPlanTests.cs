using Rsvp.Testing;
using Rsvp.Worker.Partitions;

namespace Rsvp.Worker.Tests.Partitions;

/// <summary>A prepared plan is made once, often while the tables are empty, and serves the rush that follows.</summary>
public sealed class BatchLoadPlanTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task A_plan_made_on_empty_tables_looks_parties_up_by_their_key_and_not_through_the_line()
    {
        var plan = await PlanOfAsync(BatchLoad.RanksSql);

        var lookUp = plan[plan.IndexOf("CTE asked", StringComparison.Ordinal)..plan.IndexOf("CTE wanted", StringComparison.Ordinal)];
        Assert.Contains("rsvps_one_per_user", lookUp, StringComparison.Ordinal);
        Assert.DoesNotContain("rsvps_line", lookUp, StringComparison.Ordinal);
        Assert.DoesNotContain("Seq Scan", lookUp, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Control_with_the_filter_inside_such_a_plan_reads_the_line()
    {
        var plan = await PlanOfAsync(
            """
            SELECT r.activity_id, r.line_key
            FROM   unnest($1, $2) AS asked (activity_id, user_id)
            JOIN   rsvps r ON r.activity_id = asked.activity_id AND r.user_id = asked.user_id
            WHERE  r.status = 'waitlisted'
            """);

        Assert.Contains("rsvps_line", plan, StringComparison.Ordinal);
    }

    private async Task<string> PlanOfAsync(string sql)
    {
        await using var connection = await database.DataSource.OpenConnectionAsync();
        foreach (var statement in new[] { "SET plan_cache_mode = force_generic_plan", $"PREPARE query (uuid[], uuid[]) AS {sql}" })
        {
            await using var prepare = new Npgsql.NpgsqlCommand(statement, connection);
            await prepare.ExecuteNonQueryAsync();
        }

        await using var explain = new Npgsql.NpgsqlCommand("EXPLAIN EXECUTE query ('{}', '{}')", connection);
        await using var row = await explain.ExecuteReaderAsync();
        var lines = new List<string>();
        while (await row.ReadAsync())
        {
            lines.Add(row.GetString(0));
        }

        return string.Join('\n', lines);
    }
}
