using Npgsql;

namespace Rsvp.Cli.Soak;

/// <summary>Reads the outcomes of people from the database.</summary>
internal static class StoredOutcomes
{
    internal static async Task<IReadOnlyList<StoredOutcome>> ReadAsync(NpgsqlDataSource dataSource, Guid[] users, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = dataSource.CreateCommand(
            """
            WITH decisions AS (
                SELECT request_id, count(*)::integer AS decision_count
                FROM   rsvp_analytics
                WHERE  request_id IS NOT NULL
                GROUP  BY request_id
            )
            SELECT q.request_id, q.user_id, q.status, q.code, coalesce(decisions.decision_count, 0),
                   rsvp ->> 'id', rsvp ->> 'status', (rsvp ->> 'guestCount')::integer, (rsvp ->> 'version')::bigint
            FROM   rsvp_requests q
            LEFT   JOIN decisions USING (request_id)
            CROSS  JOIN LATERAL (SELECT q.outcome -> 'rsvp') AS o (rsvp)
            WHERE  q.user_id = ANY ($1)
            """);
        command.Parameters.Add(new() { Value = users });
        var outcomes = new List<StoredOutcome>();
        await using NpgsqlDataReader row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            string status = row.GetString(2);
            SeenRsvp? rsvp = status == "completed" && !row.IsDBNull(5)
                ? new SeenRsvp(Guid.Parse(row.GetString(5)), row.GetString(6), row.GetInt32(7), row.GetInt64(8))
                : null;
            outcomes.Add(new StoredOutcome(row.GetGuid(0), row.GetGuid(1), status, row.IsDBNull(3) ? null : row.GetString(3), rsvp, row.GetInt32(4)));
        }

        return outcomes;
    }
}
