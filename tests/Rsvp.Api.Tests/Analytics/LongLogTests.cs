using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Rsvp.Api.Analytics;
using Rsvp.Api.Tests.Http;

namespace Rsvp.Api.Tests.Analytics;

/// <summary>What makes statistics fast: a long log is counted ahead, and nothing of it is read again. With <c>RSVP_TEST_LOG_ROWS=1000000</c> it is a benchmark, which says how long an answer took.</summary>
public sealed class LongLogTests(ApiWorld world, ITestOutputHelper output) : IClassFixture<ApiWorld>
{
    private static readonly string[] FunnelNames = ["asked", "confirmedAtOnce", "waitlisted", "promoted", "cancelled"];

    [Fact]
    public async Task A_log_that_was_counted_ahead_is_not_read_again()
    {
        var rows = int.Parse(Environment.GetEnvironmentVariable("RSVP_TEST_LOG_ROWS") ?? "5000", CultureInfo.InvariantCulture);
        var log = new HandWrittenLog(world.Database, "2024-03-15T18:00:00Z");
        await log.OpenAsync("2024-01-01T00:00:00Z", capacity: 1);
        await LongLog.WriteAsync(world.Database, log.Activity, rows);

        var clock = Stopwatch.StartNew();
        while (await world.Database.ScalarAsync<long>("SELECT analytics_roll($1, 50000)", log.Activity) > 0)
        {
        }

        await world.Database.ExecuteAsync("SELECT analytics_take_attending($1)", log.Activity);
        output.WriteLine($"{rows} rows counted ahead in {clock.ElapsedMilliseconds} ms");
        await world.Database.ExecuteAsync("VACUUM ANALYZE analytics_counts, analytics_attending");
        Assert.Equal(0, await LogRowsReadAsync(log.Activity));

        // The document is all there: who asked, who got in at once, who was let in, who left.
        var path = $"/api/activities/{log.Activity}/analytics/rsvps";
        var funnel = (await world.SendAsync(HttpMethod.Get, path, ApiWorld.Token(log.Host))).Json.GetProperty("funnel");
        Assert.Equal(
            [(rows / 10 * 6) - 1, rows / 50, (rows / 10 * 4) - (rows / 50), rows / 10 * 2, rows / 10 * 2],
            FunnelNames.Select(name => funnel.GetProperty(name).GetInt32()));

        for (var answer = 0; answer < 10; answer++)
        {
            clock.Restart();
            Assert.Equal(200, (await world.SendAsync(HttpMethod.Get, path, ApiWorld.Token(log.Host))).Status);
            output.WriteLine($"answered in {clock.Elapsed.TotalMilliseconds:0.0} ms");
        }
    }

    // What the storage was asked for, by functions too.
    private async Task<long> LogRowsReadAsync(Guid activity)
    {
        const string ReadSoFarSql =
            "SELECT coalesce(sum(seq_tup_read + coalesce(idx_tup_fetch, 0)), 0)::bigint FROM pg_stat_xact_user_tables WHERE relname IN ('rsvp_analytics', 'rsvps', 'users')";
        await using var connection = await world.Database.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var readSoFar = new NpgsqlCommand(ReadSoFarSql, connection, transaction);
        var before = (long)(await readSoFar.ExecuteScalarAsync())!;
        var sql = AnalyticsReads.CountsSql.Replace("@activityId", "$1", StringComparison.Ordinal).Replace("@attendingMax", "0", StringComparison.Ordinal);
        await using var read = new NpgsqlCommand(sql, connection, transaction) { Parameters = { new() { Value = activity } } };
        await read.ExecuteNonQueryAsync();
        return (long)(await readSoFar.ExecuteScalarAsync())! - before;
    }
}
