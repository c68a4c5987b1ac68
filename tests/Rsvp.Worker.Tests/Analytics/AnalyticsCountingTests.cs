using Rsvp.Testing;
using Rsvp.Worker.Analytics;

namespace Rsvp.Worker.Tests.Analytics;

/// <summary>The job that counts long logs ahead.</summary>
public sealed class AnalyticsCountingTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Theory]
    [InlineData(5_000, "1 minute", 5_000)]
    [InlineData(1_000, "1 minute", 0)] // Few enough to be counted for every question.
    [InlineData(5_000, "0 seconds", 0)] // A rush is on.
    [InlineData(60_000, "0 seconds", 60_000)]
    public async Task It_counts_long_logs_that_rest_and_those_that_become_too_long(int rows, string age, long counted)
    {
        var activity = Guid.NewGuid();
        await database.ExecuteAsync(
            """
            INSERT INTO activities (activity_id, title, starts_at, max_party_size, max_group_size, waitlist_enabled, promotion_mode, offer_minutes,
                promotion_cutoff_minutes, participants_visible, next_line_key, log_seq, version, created_at, updated_at)
            VALUES ($1, 'T', now(), 10, 10, true, 'auto', 60, 0, false, 0, $2, 1, now(), now())
            """,
            activity,
            rows);
        await database.ExecuteAsync(
            """
            INSERT INTO rsvp_analytics (log_id, activity_id, seq, user_id, action, spots, spots_affected, rule, code, actor, at)
            SELECT gen_random_uuid(), $1, n, gen_random_uuid(), 'refused', 2, 0, 'refused', 'activity_full', 'self', clock_timestamp() - $3::text::interval + n * interval '1 microsecond'
            FROM   generate_series(1, $2) AS n
            """,
            activity,
            rows,
            age);

        await new AnalyticsCounting(database.DataSource).CountAsync(CancellationToken.None);

        Assert.Equal(counted, await database.ScalarAsync<long>("SELECT seq FROM analytics_rollups WHERE activity_id = $1", activity));
        Assert.Equal(2 * counted, await database.ScalarAsync<long>("SELECT people FROM analytics_counts WHERE activity_id = $1 AND figure = 'refused'", activity));
    }
}
