using Npgsql;

namespace Rsvp.Worker.Audit;

/// <summary>I8: the whole decision log, replayed activity by activity.</summary>
/// <remarks>Rows are streamed in the order of their index; memory is that of one activity's active parties.</remarks>
internal sealed class LineWasFollowed() : Invariant("I8", "a replay of the log shows that the line was followed")
{
    // Each line is counted once, before the log is read: right after a rush the tables' statistics are those of before it, and a join with the counts is planned
    // to count the whole line anew for every row of the log.
    internal const string LogSql =
        $"""
        SELECT {LogRow.Columns}
        FROM   (
            WITH counted AS MATERIALIZED (
                SELECT activities.*, line.parties, line.keys
                FROM   activities
                CROSS  JOIN LATERAL (
                    SELECT count(*) AS parties, sum(line_key) AS keys
                    FROM   rsvps
                    WHERE  rsvps.activity_id = activities.activity_id AND status = 'waitlisted'
                ) AS line
            )
            SELECT * FROM counted
        ) AS a
        JOIN   rsvp_analytics l USING (activity_id)
        ORDER  BY l.activity_id, l.seq
        """;

    public static Invariant Invariant { get; } = new LineWasFollowed();

    public override async Task<InvariantResult> CheckAsync(NpgsqlConnection connection, AuditOptions options, CancellationToken cancellationToken)
    {
        var rowsChecked = 0L;
        var violationCount = 0L;
        var violations = new List<Violation>();
        ActivityReplay? replay = null;

        await using var command = CreateCommand(connection, LogSql, options);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var row = LogRow.Read(reader);
            if (replay?.ActivityId != row.ActivityId)
            {
                replay?.End();
                replay = new ActivityReplay(row.ActivityId, Report);
            }

            replay.Step(row);
            rowsChecked++;
        }

        replay?.End();
        return new InvariantResult(Id, Statement, rowsChecked, violationCount, violations);

        void Report(Violation violation)
        {
            violationCount++;
            if (violations.Count < ListedMax)
            {
                violations.Add(violation);
            }
        }
    }
}
