using Dapper;
using Npgsql;

namespace Rsvp.Api.Analytics;

/// <summary>The sums that an activity's figures are made of, all of one moment.</summary>
internal sealed class AnalyticsReads(NpgsqlDataSource database)
{
    // Looked up one by one, with their profiles and earlier activities: about 10 µs each. The worker counts more of them ahead.
    private const int AttendingCountedAfreshMax = 2_000;

    private const string SubjectSql =
        """
        SELECT a.activity_id, a.log_seq AS seq, a.starts_at, a.capacity, a.confirmed_participants AS confirmed, a.checked_in_participants AS checked_in,
               CASE WHEN a.capacity IS NOT NULL THEN greatest(0, a.capacity - a.confirmed_participants - a.offered_participants) END AS free, now() AS as_of,
               CASE WHEN a.confirmed_participants > @attendingMax THEN r.attending_at END AS attending_at
        FROM   activities a
        LEFT   JOIN analytics_rollups r USING (activity_id)
        WHERE  a.activity_id = @activityId
        """;

    // What the log says beyond the rows that were counted ahead is counted now; those who attend are, when they are few or were never counted.
    internal const string CountsSql =
        """
        SELECT figure, bucket, sum(people)::bigint AS people, sum(parties)::bigint AS parties
        FROM  (SELECT figure, bucket, people, parties FROM analytics_counts WHERE activity_id = @activityId
               UNION  ALL
               SELECT f.figure, f.bucket, f.people, f.parties
               FROM   activities a
               LEFT   JOIN analytics_rollups r USING (activity_id)
               CROSS  JOIN LATERAL analytics_fold(a.activity_id, r.state, a.log_seq) AS f
               WHERE  a.activity_id = @activityId
               UNION  ALL
               SELECT f.figure, f.bucket, f.people, f.parties
               FROM   activities a
               LEFT   JOIN analytics_rollups r USING (activity_id)
               CROSS  JOIN LATERAL analytics_of_attending(a.activity_id) AS f
               WHERE  a.activity_id = @activityId AND (a.confirmed_participants <= @attendingMax OR r.attending_at IS NULL)
               UNION  ALL
               SELECT t.figure, t.bucket, t.people, t.parties
               FROM   activities a
               JOIN   analytics_attending t USING (activity_id)
               WHERE  a.activity_id = @activityId AND a.confirmed_participants > @attendingMax
               UNION  ALL
               SELECT 'viewed', '', count(*), count(*) FROM activity_views WHERE activity_id = @activityId) AS sums
        GROUP  BY figure, bucket
        """;

    /// <summary>What is known of an activity; null when there is no such activity.</summary>
    internal async Task<(Subject Subject, Counts Counts)?> FindAsync(Guid activityId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);

        // Both statements see one moment.
        await using var moment = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellationToken);
        await using var rows = await connection.QueryMultipleAsync(
            new CommandDefinition($"{SubjectSql};\n{CountsSql}", new { activityId, attendingMax = AttendingCountedAfreshMax }, moment, cancellationToken: cancellationToken));
        var subject = await rows.ReadSingleOrDefaultAsync<Subject>();
        return subject is null ? null : (subject, new Counts(await rows.ReadAsync<CountRow>()));
    }
}

/// <summary>The activity that the figures are about.</summary>
internal sealed record Subject
{
    public Guid ActivityId { get; init; }

    public long Seq { get; init; }

    public DateTimeOffset StartsAt { get; init; }

    public int? Capacity { get; init; }

    public int Confirmed { get; init; }

    public int CheckedIn { get; init; }

    /// <summary>Seats free now; null when unlimited.</summary>
    public int? Free { get; init; }

    public DateTimeOffset AsOf { get; init; }

    /// <summary>When those who attend were counted; null: now.</summary>
    public DateTimeOffset? AttendingAt { get; init; }

    public bool HasStarted => AsOf >= StartsAt;
}
