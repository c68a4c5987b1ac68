using Npgsql;
using Rsvp.Worker.Decisions;
using Rsvp.Worker.Partitions;

namespace Rsvp.Worker.Offers;

/// <summary>The deadline of an activity's open offers: one row, due when the next of them ends or is to be reminded of.</summary>
internal static class OfferDeadlines
{
    /// <summary>The kind of the deadline's row.</summary>
    public const string Kind = "offers";

    private const string DueSql =
        $"""
        SELECT {RowReading.RsvpColumns}
        FROM   rsvps r
        WHERE  r.activity_id = $1 AND r.status = 'offered' AND (r.offer_expires_at <= $2 OR r.offer_remind_at <= $2)
        ORDER  BY least(r.offer_expires_at, r.offer_remind_at), r.rsvp_id
        LIMIT  $3
        """;

    private const string RescheduleSql =
        """
        WITH next AS (
            SELECT touched.activity_id, (
                SELECT min(least(r.offer_expires_at, r.offer_remind_at))
                FROM   rsvps r
                WHERE  r.activity_id = touched.activity_id AND r.status = 'offered') AS due_at
            FROM   unnest($1) AS touched (activity_id)
        ), none_left AS (
            DELETE FROM deadlines d USING next
            WHERE  d.activity_id = next.activity_id AND d.kind = 'offers' AND next.due_at IS NULL
        )
        INSERT INTO deadlines (activity_id, kind, due_at)
        SELECT activity_id, 'offers', due_at FROM next WHERE due_at IS NOT NULL ORDER BY activity_id
        ON     CONFLICT (activity_id, kind) DO UPDATE SET due_at = excluded.due_at
        """;

    /// <summary>Loads the offers of which something is due.</summary>
    /// <param name="connection">Open, outside a transaction.</param>
    /// <param name="activityId">The activity.</param>
    /// <param name="now">The batch's clock.</param>
    /// <param name="cancellationToken">Ends the load.</param>
    public static async Task<IReadOnlyList<RsvpState>> ReadDueAsync(
        NpgsqlConnection connection, Guid activityId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(DueSql, connection);
        command.Parameters.AddWithValue(activityId);
        command.Parameters.AddWithValue(now);
        command.Parameters.AddWithValue(ExpireOffersDecision.OffersMax);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var due = new List<RsvpState>();
        while (await row.ReadAsync(cancellationToken))
        {
            due.Add(RowReading.Rsvp(row));
        }

        return due;
    }

    /// <summary>Adds, after the RSVPs were written, the statement that sets the deadline by what is open then.</summary>
    public static void Reschedule(NpgsqlBatch batch, IReadOnlyCollection<Guid> activityIds)
    {
        if (activityIds.Count > 0)
        {
            Sql.Add(batch, RescheduleSql, activityIds.Order().ToArray());
        }
    }
}
