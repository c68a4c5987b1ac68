using Npgsql;
using Rsvp.Worker.Partitions;

namespace Rsvp.Worker.Audit;

/// <summary>An activity at the instant at which it was looked at.</summary>
internal readonly record struct AuditedState(Guid ActivityId, long LogSeq, long Version);

/// <summary>Violations of one invariant by one activity that the standing audit found and that are still there.</summary>
/// <param name="ActivityId">The activity.</param>
/// <param name="Invariant"><c>I1</c> to <c>I8</c>.</param>
/// <param name="Violations">How many.</param>
/// <param name="Found">The first of them, in words.</param>
/// <param name="FoundAt">When the first was found.</param>
internal sealed record OpenViolations(Guid ActivityId, string Invariant, long Violations, IReadOnlyList<string> Found, DateTimeOffset FoundAt);

/// <summary>What the standing audit remembers: how far it has looked, and what is wrong.</summary>
/// <param name="dataSource">The worker's database; to read, a role that may read will do.</param>
internal sealed class AuditLedger(NpgsqlDataSource dataSource)
{
    // A pass or an outcome follows within milliseconds; what is left alone this long is at rest. One that never rests is looked at anyway after a while.
    private const string ChangedSql =
        """
        SELECT a.activity_id, a.log_seq, a.version
        FROM   activities a
        LEFT   JOIN audited_activities d USING (activity_id)
        WHERE  (d.activity_id IS NULL OR (d.log_seq, d.version) <> (a.log_seq, a.version)
                OR (d.audited_at < now() - interval '1 minute' AND EXISTS (SELECT FROM audit_violations v WHERE v.activity_id = a.activity_id)))
          AND  (d.rests_until IS NULL OR d.rests_until < now())
          AND  (d.audited_at < now() - interval '10 minutes'
                OR NOT EXISTS (SELECT FROM rsvp_analytics l WHERE l.activity_id = a.activity_id AND l.seq = a.log_seq AND l.at > now() - $1))
        ORDER  BY d.audited_at NULLS FIRST, a.log_seq
        LIMIT  $2
        """;

    private const string KeepAuditedSql =
        """
        INSERT INTO audited_activities (activity_id, log_seq, version, audited_at, rests_until)
        SELECT seen.*, now(), now() + $4 FROM unnest($1, $2, $3) AS seen
        ON     CONFLICT (activity_id) DO UPDATE
        SET    log_seq = excluded.log_seq, version = excluded.version, audited_at = excluded.audited_at, rests_until = excluded.rests_until
        """;

    private const string ForgetViolationsSql = "DELETE FROM audit_violations WHERE activity_id = ANY($1) AND NOT (invariant = ANY($2))";

    private const string KeepViolationsSql =
        """
        INSERT INTO audit_violations (activity_id, invariant, violations, found, found_at, seen_at)
        VALUES ($1, $2, $3, $4, now(), now())
        ON     CONFLICT (activity_id, invariant) DO UPDATE
        SET    violations = excluded.violations, found = excluded.found, seen_at = excluded.seen_at
        """;

    /// <summary>Activities that are others than when they were looked at last, longest ago first.</summary>
    /// <param name="quiet">How long the log of an activity must have been quiet.</param>
    /// <param name="max">The most to return.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<IReadOnlyList<AuditedState>> FindChangedAsync(TimeSpan quiet, int max, CancellationToken cancellationToken)
    {
        await using var find = dataSource.CreateCommand(ChangedSql);
        find.Parameters.AddWithValue(quiet);
        find.Parameters.AddWithValue(max);
        return await ReadStatesAsync(find, cancellationToken);
    }

    /// <summary>Activities as a transaction sees them.</summary>
    public static async Task<IReadOnlyList<AuditedState>> ReadStatesAsync(NpgsqlConnection connection, IReadOnlyCollection<Guid> activityIds, CancellationToken cancellationToken)
    {
        await using var read = new NpgsqlCommand("SELECT activity_id, log_seq, version FROM activities WHERE activity_id = ANY($1)", connection);
        read.Parameters.AddWithValue(activityIds.ToArray());
        return await ReadStatesAsync(read, cancellationToken);
    }

    /// <summary>How many decisions the system has logged, ever.</summary>
    public async Task<decimal> CountDecisionsAsync(CancellationToken cancellationToken)
    {
        await using var count = dataSource.CreateCommand("SELECT coalesce(sum(log_seq), 0) FROM activities");
        return (decimal)(await count.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Remembers what was looked at and found nothing wrong with, and forgets what was wrong with it.</summary>
    public Task KeepCleanAsync(IReadOnlyList<AuditedState> states, TimeSpan rest, CancellationToken cancellationToken) => KeepAsync(states, rest, [], cancellationToken);

    /// <summary>Remembers one activity, and what is wrong with it.</summary>
    /// <returns>The violations that were not known before.</returns>
    public async Task<IReadOnlyList<(InvariantResult Invariant, Violation Violation)>> KeepAsync(
        AuditedState state, TimeSpan rest, IReadOnlyList<InvariantResult> broken, CancellationToken cancellationToken)
    {
        var known = (await ReadOpenAsync(cancellationToken)).Where(open => open.ActivityId == state.ActivityId).ToDictionary(open => open.Invariant, open => open.Found);
        await KeepAsync([state], rest, broken, cancellationToken);
        return
        [
            .. broken.SelectMany(invariant => invariant.Violations
                .Where(violation => !known.GetValueOrDefault(invariant.Id, []).Contains(violation.ToString()))
                .Select(violation => (invariant, violation))),
        ];
    }

    /// <summary>Leaves an activity alone for a while; it counts as not looked at.</summary>
    public async Task PutOffAsync(Guid activityId, TimeSpan rest, CancellationToken cancellationToken)
    {
        await using var keep = dataSource.CreateCommand(
            """
            INSERT INTO audited_activities (activity_id, log_seq, version, audited_at, rests_until)
            VALUES ($1, 0, 0, '-infinity', now() + $2)
            ON     CONFLICT (activity_id) DO UPDATE SET rests_until = excluded.rests_until
            """);
        keep.Parameters.AddWithValue(activityId);
        keep.Parameters.AddWithValue(rest);
        await keep.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>What is wrong now, as far as it was looked at; the oldest first.</summary>
    public async Task<IReadOnlyList<OpenViolations>> ReadOpenAsync(CancellationToken cancellationToken)
    {
        await using var read = dataSource.CreateCommand("SELECT activity_id, invariant, violations, found, found_at FROM audit_violations ORDER BY found_at, activity_id, invariant");
        var open = new List<OpenViolations>();
        await using var row = await read.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            open.Add(new OpenViolations(row.GetGuid(0), row.GetString(1), row.GetInt64(2), row.GetFieldValue<string[]>(3), row.GetFieldValue<DateTimeOffset>(4)));
        }

        return open;
    }

    private async Task KeepAsync(IReadOnlyList<AuditedState> states, TimeSpan rest, IReadOnlyList<InvariantResult> broken, CancellationToken cancellationToken)
    {
        Guid[] ids = [.. states.Select(state => state.ActivityId)];
        await using var batch = dataSource.CreateBatch();
        Sql.Add(batch, KeepAuditedSql, ids, states.Select(state => state.LogSeq).ToArray(), states.Select(state => state.Version).ToArray(), rest);
        Sql.Add(batch, ForgetViolationsSql, ids, broken.Select(invariant => invariant.Id).ToArray());
        foreach (var invariant in broken)
        {
            Sql.Add(batch, KeepViolationsSql, ids[0], invariant.Id, invariant.ViolationCount, invariant.Violations.Select(violation => violation.ToString()).ToArray());
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<IReadOnlyList<AuditedState>> ReadStatesAsync(NpgsqlCommand read, CancellationToken cancellationToken)
    {
        var states = new List<AuditedState>();
        await using var row = await read.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            states.Add(new AuditedState(row.GetGuid(0), row.GetInt64(1), row.GetInt64(2)));
        }

        return states;
    }
}
