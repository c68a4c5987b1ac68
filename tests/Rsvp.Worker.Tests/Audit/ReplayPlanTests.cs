using System.Text.RegularExpressions;
using Npgsql;
using NpgsqlTypes;
using Rsvp.Testing;
using Rsvp.Worker.Audit;
using Rsvp.Worker.Tests.Partitions;

namespace Rsvp.Worker.Tests.Audit;

/// <summary>Right after a rush the database knows nothing yet of what came with it, and plans for tables that are nearly empty.</summary>
public sealed partial class ReplayPlanTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private const int Waiting = 30;

    [Fact]
    public async Task A_line_is_counted_once_and_not_for_every_row_of_the_log()
    {
        Assert.Equal(1, await CountsOfLineAsync(LineWasFollowed.LogSql));
    }

    [Fact]
    public async Task Control_a_join_with_the_counts_counts_it_for_every_row()
    {
        var counts = await CountsOfLineAsync(
            """
            SELECT l.seq, line.parties
            FROM   rsvp_analytics l
            JOIN   activities a USING (activity_id)
            LEFT   JOIN (SELECT activity_id, count(*) AS parties FROM rsvps WHERE status = 'waitlisted' GROUP BY activity_id) AS line USING (activity_id)
            ORDER  BY l.activity_id, l.seq
            """);

        Assert.True(counts > Waiting, $"counted {counts} times");
    }

    [Fact]
    public async Task No_row_of_a_log_is_compared_with_every_other()
    {
        Assert.InRange(await RowsComparedInVainAsync(nestedLoops: false), 0, Waiting * 10);
    }

    [Fact]
    public async Task Control_a_plan_for_nearly_empty_tables_compares_each_with_every_other()
    {
        Assert.True(await RowsComparedInVainAsync(nestedLoops: true) > Waiting * Waiting / 2);
    }

    private async Task<int> RowsComparedInVainAsync(bool nestedLoops)
    {
        var world = new World(database);
        var activity = await world.OpenAsync(capacity: 0);
        await world.ApplyAsync([.. Enumerable.Range(0, Waiting).Select(_ => World.Submit(activity, Guid.NewGuid()))]);

        await using var connection = await database.DataSource.OpenConnectionAsync();
        await using var transaction = await Auditor.BeginAsync(connection, default);
        await Auditor.CheckAsync(connection, new AuditOptions { Activities = nestedLoops ? null : [activity] });
        var plans = new List<string>();
        foreach (var invariant in Auditor.Invariants.OfType<SqlInvariant>())
        {
            await using var explain = new NpgsqlCommand($"EXPLAIN (ANALYZE, TIMING OFF) {AuditScope.With}SELECT * FROM ({invariant.ViolationsSql}) AS found", connection);
            explain.Parameters.AddWithValue("quiescent", true);
            explain.Parameters.AddWithValue("vacancy_at_most", TimeSpan.Zero);
            explain.Parameters.AddWithValue("journal", Array.Empty<Guid>());
            explain.Parameters.AddWithValue("activities", new[] { activity });
            plans.AddRange(await ReadAsync(explain));
        }

        return plans.Sum(line => InVain().Match(line) is { Success: true } match ? int.Parse(match.Groups["count"].Value, System.Globalization.CultureInfo.InvariantCulture) : 0);
    }

    private static async Task<List<string>> ReadAsync(NpgsqlCommand explain)
    {
        await using var row = await explain.ExecuteReaderAsync();
        var lines = new List<string>();
        while (await row.ReadAsync())
        {
            lines.Add(row.GetString(0));
        }

        return lines;
    }

    private async Task<int> CountsOfLineAsync(string sql)
    {
        var world = new World(database);
        var activity = await world.OpenAsync(capacity: 0);
        await world.ApplyAsync([.. Enumerable.Range(0, Waiting).Select(_ => World.Submit(activity, Guid.NewGuid()))]);

        await using var explain = database.DataSource.CreateCommand($"EXPLAIN (ANALYZE, TIMING OFF) {AuditScope.With}{sql}");
        explain.Parameters.AddWithValue("activities", NpgsqlDbType.Array | NpgsqlDbType.Uuid, new[] { activity });
        return int.Parse(Loops().Match((await ReadAsync(explain)).Single(line => line.Contains("Aggregate", StringComparison.Ordinal))).Groups["count"].Value, System.Globalization.CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"loops=(?<count>\d+)")]
    private static partial Regex Loops();

    // Told per loop; the loops of a plan for nearly empty tables are many.
    [GeneratedRegex(@"Rows Removed by Join Filter: (?<count>\d+)")]
    private static partial Regex InVain();
}
