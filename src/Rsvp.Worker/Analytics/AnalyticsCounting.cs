using Npgsql;
using Quartz;

namespace Rsvp.Worker.Analytics;

/// <summary>Counts the decision log of large activities ahead, so that their statistics are read at once. The figures are the same without it, only slower.</summary>
/// <param name="dataSource">The worker's database.</param>
[DisallowConcurrentExecution]
internal sealed class AnalyticsCounting(NpgsqlDataSource dataSource) : IJob
{
    // Counted for every question until then: some tens of milliseconds.
    private const int RowsLeftMax = 1_000;

    // About a second of work, and of a transaction that holds back nobody.
    private const long RowsPerStep = 50_000;

    // As many as the API looks up for every question.
    private const int AttendingCountedAfreshMax = 2_000;

    // While a rush is on, its log is left alone; unless that becomes too much to catch up with.
    private const string FindSql =
        """
        SELECT a.activity_id
        FROM   activities a
        LEFT   JOIN analytics_rollups r USING (activity_id)
        WHERE  a.log_seq > $1 + coalesce(r.seq, 0)
          AND  (a.log_seq > $2 + coalesce(r.seq, 0)
                OR (SELECT l.at FROM rsvp_analytics l WHERE l.activity_id = a.activity_id AND l.seq = a.log_seq) < now() - interval '3 seconds')
        ORDER  BY a.log_seq - coalesce(r.seq, 0)
        LIMIT  100
        """;

    // Profiles change without a row in the log, so it is done again after a while, as long as the activity is of interest: every two minutes, for
    // more than 20,000 people so much more rarely that it stays within a hundredth of the time.
    private const string FindAttendedSql =
        """
        SELECT a.activity_id
        FROM   activities a
        JOIN   analytics_rollups r USING (activity_id)
        WHERE  a.confirmed_participants > $1
          AND  (r.attending_at IS NULL OR (r.attending_at < now() - interval '2 minutes' * greatest(1, a.confirmed_participants / 20000) AND a.starts_at > now() - interval '7 days'))
        ORDER  BY r.attending_at NULLS FIRST
        LIMIT  10
        """;

    /// <summary>How often it looks.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) => await CountAsync(cancellationToken);

    /// <summary>Looks once, and counts until nothing worth it is left.</summary>
    public async Task CountAsync(CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        foreach (var activityId in await FindAsync(connection, FindSql, [RowsLeftMax, RowsPerStep], cancellationToken))
        {
            long left;
            do
            {
                await using var roll = new NpgsqlCommand("SELECT analytics_roll($1, $2)", connection) { Parameters = { new() { Value = activityId }, new() { Value = RowsPerStep } } };
                left = (long)(await roll.ExecuteScalarAsync(cancellationToken))!;
            }
            while (left > RowsLeftMax);
        }

        foreach (var activityId in await FindAsync(connection, FindAttendedSql, [AttendingCountedAfreshMax], cancellationToken))
        {
            await using var take = new NpgsqlCommand("SELECT analytics_take_attending($1)", connection) { Parameters = { new() { Value = activityId } } };
            await take.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private static async Task<List<Guid>> FindAsync(NpgsqlConnection connection, string sql, object[] values, CancellationToken cancellationToken)
    {
        await using var find = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
        {
            find.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        var found = new List<Guid>();
        await using var row = await find.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            found.Add(row.GetGuid(0));
        }

        return found;
    }
}
