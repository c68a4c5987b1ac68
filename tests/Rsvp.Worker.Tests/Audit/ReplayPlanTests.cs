using System.Text.RegularExpressions;
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

    private async Task<int> CountsOfLineAsync(string sql)
    {
        var world = new World(database);
        var activity = await world.OpenAsync(capacity: 0);
        await world.ApplyAsync([.. Enumerable.Range(0, Waiting).Select(_ => World.Submit(activity, Guid.NewGuid()))]);

        await using var explain = database.DataSource.CreateCommand($"EXPLAIN (ANALYZE, TIMING OFF) {AuditScope.With}{sql}");
        explain.Parameters.AddWithValue("activities", NpgsqlDbType.Array | NpgsqlDbType.Uuid, new[] { activity });
        await using var row = await explain.ExecuteReaderAsync();
        var lines = new List<string>();
        while (await row.ReadAsync())
        {
            lines.Add(row.GetString(0));
        }

        return int.Parse(Loops().Match(lines.Single(line => line.Contains("Aggregate", StringComparison.Ordinal))).Groups["count"].Value, System.Globalization.CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"loops=(?<count>\d+)")]
    private static partial Regex Loops();
}
