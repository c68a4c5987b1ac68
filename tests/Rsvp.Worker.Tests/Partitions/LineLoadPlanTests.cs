using System.Globalization;
using System.Text.RegularExpressions;
using Rsvp.Testing;
using Rsvp.Worker.Partitions;
using Rsvp.Worker.Waitlist;

namespace Rsvp.Worker.Tests.Partitions;

/// <summary>Right after a rush the database knows nothing yet of the line, and plans for one row.</summary>
public sealed partial class LineLoadPlanTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    // Too few for the statistics to be made while the test runs.
    private const int Waiting = 40;

    [Fact]
    public async Task A_pass_reads_the_line_a_few_times_and_not_for_every_place_of_it()
    {
        var rows = await RowsReadAsync(LineLoad.PlacesSql);

        // For the sizes, for those who fit, for who stands ahead of them, and to read them.
        Assert.InRange(rows, Waiting, 5 * Waiting);
    }

    [Fact]
    public async Task Control_a_join_with_the_ranks_reads_the_line_for_every_place()
    {
        var rows = await RowsReadAsync(
            """
            SELECT r.rsvp_id, ranked.ahead
            FROM   rsvps r
            LEFT   JOIN (SELECT line_key, row_number() OVER (ORDER BY line_key) - 1 AS ahead
                         FROM  (SELECT DISTINCT line_key FROM rsvps WHERE activity_id = $1 AND status = 'waitlisted' ORDER BY line_key LIMIT $3) AS head
                         LIMIT  $2) AS ranked ON ranked.line_key = r.line_key
            WHERE  r.activity_id = $1 AND r.status = 'waitlisted'
            """);

        Assert.InRange(rows, Waiting * Waiting, int.MaxValue);
    }

    /// <summary>Rows of RSVPs that a statement reads, those that it throws away included.</summary>
    private async Task<int> RowsReadAsync(string sql)
    {
        var world = new World(database);
        var activity = await world.OpenAsync(capacity: 1);
        var seated = Guid.NewGuid();
        await world.ApplyAsync([World.Submit(activity, seated), .. Enumerable.Range(0, Waiting).Select(_ => World.Submit(activity, Guid.NewGuid()))]);
        await world.ApplyAsync(World.Cancel(activity, seated));

        await using var explain = database.DataSource.CreateCommand($"EXPLAIN (ANALYZE, TIMING OFF) {sql}");
        explain.Parameters.AddWithValue(activity);
        explain.Parameters.AddWithValue(Pass.PlacesMax + 1);
        explain.Parameters.AddWithValue(5_000);
        await using var row = await explain.ExecuteReaderAsync();
        var (rows, loops, isRsvps) = (0, 0, false);
        while (await row.ReadAsync())
        {
            var line = row.GetString(0);
            if (Node().Match(line) is { Success: true } node)
            {
                isRsvps = line.Contains(" on rsvps", StringComparison.Ordinal);
                loops = Number(node, "loops");
                rows += isRsvps ? Number(node, "rows") * loops : 0;
            }
            else if (isRsvps && Removed().Match(line) is { Success: true } removed)
            {
                rows += Number(removed, "rows") * loops;
            }
        }

        return rows;
    }

    private static int Number(Match match, string name) => int.Parse(match.Groups[name].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\(actual rows=(?<rows>\d+)(\.\d+)? loops=(?<loops>\d+)\)")]
    private static partial Regex Node();

    [GeneratedRegex(@"Rows Removed by Filter: (?<rows>\d+)")]
    private static partial Regex Removed();
}
