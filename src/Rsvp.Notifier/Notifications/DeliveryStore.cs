using Npgsql;

namespace Rsvp.Notifier.Notifications;

/// <summary>The table of deliveries as the work list of all notifiers. The database's clock says what is due.</summary>
internal sealed class DeliveryStore([FromKeyedServices(NotificationsExtensions.Database)] NpgsqlDataSource database)
{
    /// <summary>How long a taken delivery is left to whoever took it: longer than any attempt and its record take. Then another notifier tries.</summary>
    internal static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    // Of the due the oldest, in which there are targets enough to keep a channel busy.
    private const int WindowMax = 1_000;

    // What any notifier tries now has no result yet and a lease that is not over, which may have begun a moment after our statement.
    // Of one target those come first that were issued first, also when they come back late, from a lease or a server that was away.
    // Two that take at once see the same first ones: the second finds them locked or not due any more, and leaves that target alone.
    private const string TakeSql =
        """
        WITH held AS MATERIALIZED (
            SELECT notification_id, channel, target, due_at, issued_at
            FROM   notification_deliveries
            WHERE  state = 'pending' AND channel = $1 AND due_at > now() AND due_at < now() + greatest($6 + interval '10 seconds', $3)
              AND  attempts > 0 AND (last_error IS NULL OR due_at <= now() + $3)
        ), oldest AS (
            SELECT notification_id, channel, target, due_at, issued_at
            FROM   notification_deliveries
            WHERE  state = 'pending' AND channel = $1 AND due_at <= now()
              AND  target NOT IN (SELECT target FROM held GROUP BY target HAVING count(*) >= $2)
            ORDER  BY due_at
            LIMIT  $4
        ), due AS (
            SELECT *, row_number() OVER (PARTITION BY target ORDER BY is_due, issued_at, notification_id) AS turn
            FROM  (SELECT *, false AS is_due FROM held UNION ALL SELECT *, true FROM oldest) AS pending
        ), free AS (
            SELECT d.notification_id, d.channel, d.target
            FROM   due
            JOIN   notification_deliveries d USING (notification_id, channel, target)
            WHERE  due.is_due AND due.turn <= $2 AND d.state = 'pending' AND d.due_at <= now()
            ORDER  BY due.due_at
            LIMIT  $5
            FOR    UPDATE OF d SKIP LOCKED
        ), taken AS (
            UPDATE notification_deliveries d
            SET    attempts = d.attempts + 1, due_at = now() + $6, last_status = NULL, last_error = NULL
            FROM   free
            WHERE  (d.notification_id, d.channel, d.target) = (free.notification_id, free.channel, free.target)
            RETURNING d.*
        )
        SELECT t.notification_id, t.target, t.user_id, t.activity_id, t.rsvp_id, t.kind, t.status, t.party_size, t.offer_expires_at, t.issued_at,
               t.attempts, now() - t.created_at, u.email, u.name, a.title, a.starts_at, w.url, w.secret, coalesce(w.failures, 0)
        FROM   taken t
        LEFT   JOIN users u ON u.user_id = t.user_id AND u.deleted_at IS NULL
        LEFT   JOIN activities a ON a.activity_id = t.activity_id
        LEFT   JOIN webhooks w ON w.webhook_id = t.webhook_id AND w.disabled_at IS NULL AND w.user_id = u.user_id
        ORDER  BY t.issued_at, t.notification_id
        """;

    // Only by the one who holds it: whoever was slower than the lease finds another number of attempts.
    private const string RecordSql =
        """
        UPDATE notification_deliveries
        SET    state = $5, last_status = $6, last_error = $7,
               due_at = CASE WHEN $5 = 'pending' THEN now() + $8 ELSE due_at END,
               finished_at = CASE WHEN $5 = 'pending' THEN NULL ELSE now() END
        WHERE  (notification_id, channel, target) = ($1, $2, $3) AND attempts = $4 AND state = 'pending'
        """;

    private const string ForgetSql =
        """
        DELETE FROM notification_deliveries
        WHERE  (notification_id, channel, target) IN (
            SELECT notification_id, channel, target FROM notification_deliveries WHERE state <> 'pending' AND finished_at < now() - $1 LIMIT $2)
        """;

    /// <summary>Takes deliveries that are due; nobody else gets them before the lease is over.</summary>
    /// <param name="channel">Of this channel.</param>
    /// <param name="perTargetMax">To one target at most so many, with those that any notifier has under way.</param>
    /// <param name="holdsUp">Those that are tried again within this time count as under way.</param>
    /// <param name="max">At most so many.</param>
    /// <param name="cancellationToken">Ends it; what was taken unseen comes back after the lease.</param>
    public async Task<IReadOnlyList<Delivery>> TakeAsync(
        string channel, int perTargetMax, TimeSpan holdsUp, int max, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(TakeSql);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = channel });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = perTargetMax });
        command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = holdsUp });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = WindowMax });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = max });
        command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = Lease });
        var taken = new List<Delivery>();
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            taken.Add(Read(row));
        }

        return taken;
    }

    /// <summary>Records an attempt.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="delivery">What was taken.</param>
    /// <param name="state"><c>sent</c>, <c>failed</c>, or <c>pending</c> to be tried again.</param>
    /// <param name="result">What the attempt brought.</param>
    /// <param name="delay">When it is tried again.</param>
    /// <param name="cancellationToken">Ends it; the delivery comes back after the lease.</param>
    public async Task RecordAsync(
        string channel, Delivery delivery, string state, SendResult result, TimeSpan delay, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(RecordSql);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = delivery.NotificationId });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = channel });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = delivery.Target });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = delivery.Attempts });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = state });
        command.Parameters.Add(new NpgsqlParameter<int?> { TypedValue = result.Status });
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = result.Error });
        command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = delay });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Deletes deliveries that were finished long ago.</summary>
    /// <returns>How many; as many as asked for means that there may be more.</returns>
    public async Task<int> ForgetAsync(TimeSpan keep, int max, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(ForgetSql);
        command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = keep });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = max });
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static Delivery Read(NpgsqlDataReader row) => new()
    {
        NotificationId = row.GetGuid(0),
        Target = row.GetGuid(1),
        UserId = row.GetGuid(2),
        ActivityId = row.GetGuid(3),
        RsvpId = row.GetGuid(4),
        Kind = row.GetString(5),
        Status = row.GetString(6),
        PartySize = row.GetInt32(7),
        OfferExpiresAt = row.IsDBNull(8) ? null : row.GetFieldValue<DateTimeOffset>(8),
        IssuedAt = row.GetFieldValue<DateTimeOffset>(9),
        Attempts = row.GetInt32(10),
        Age = row.GetTimeSpan(11),
        Email = row.IsDBNull(12) ? null : row.GetString(12),
        UserName = row.IsDBNull(13) ? null : row.GetString(13),
        ActivityTitle = row.IsDBNull(14) ? null : row.GetString(14),
        StartsAt = row.IsDBNull(15) ? null : row.GetFieldValue<DateTimeOffset>(15),
        Url = row.IsDBNull(16) ? null : new Uri(row.GetString(16)),
        Secret = row.IsDBNull(17) ? null : row.GetString(17),
        WebhookFailures = row.GetInt32(18),
    };
}
