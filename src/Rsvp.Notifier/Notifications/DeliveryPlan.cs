using Npgsql;
using Rsvp.Contracts;

namespace Rsvp.Notifier.Notifications;

/// <summary>Turns issued notifications into deliveries: one row for each notification, channel and target that its person wants.</summary>
internal sealed class DeliveryPlan([FromKeyedServices(NotificationsExtensions.Database)] NpgsqlDataSource database)
{
    // The primary key makes a repeated message harmless. Who was deleted is not told any more.
    // People are looked up one by one: a join would be planned while the tables are small, and read all of them, message after message, for as long as the plan is cached.
    private const string Sql =
        """
        WITH wanted AS MATERIALIZED (
            SELECT issued.*, u.email, coalesce(p.email, true) AS by_email, coalesce(p.webhook, true) AS by_webhook
            FROM   unnest($1, $2, $3, $4, $5, $6, $7) AS issued (notification_id, user_id, rsvp_id, kind, status, party_size, offer_expires_at)
            CROSS  JOIN LATERAL (SELECT email FROM users WHERE users.user_id = issued.user_id AND deleted_at IS NULL LIMIT 1) AS u
            LEFT   JOIN LATERAL (SELECT * FROM notification_preferences WHERE notification_preferences.user_id = issued.user_id LIMIT 1) AS p ON true
            WHERE  (issued.kind = ANY (p.muted_kinds)) IS NOT TRUE
        ), targets AS (
            SELECT 'email' AS channel, user_id AS target, NULL::uuid AS webhook_id, wanted.*
            FROM   wanted
            WHERE  by_email AND email IS NOT NULL
            UNION  ALL
            SELECT 'webhook', w.webhook_id, w.webhook_id, wanted.*
            FROM   wanted
            CROSS  JOIN LATERAL (SELECT webhook_id FROM webhooks WHERE webhooks.user_id = wanted.user_id AND disabled_at IS NULL OFFSET 0) AS w
            WHERE  by_webhook
        )
        INSERT INTO notification_deliveries (
            notification_id, channel, target, user_id, webhook_id, activity_id, rsvp_id, kind, status, party_size, offer_expires_at, issued_at)
        SELECT notification_id, channel, target, user_id, webhook_id, $8, rsvp_id, kind, status, party_size, offer_expires_at, $9
        FROM   targets
        WHERE  channel = ANY ($10)
        ON     CONFLICT DO NOTHING
        """;

    /// <summary>Plans a message, as often as it comes.</summary>
    /// <param name="issued">The message.</param>
    /// <param name="channels">Names of the channels that can send.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Deliveries that are new.</returns>
    public async Task<int> AddAsync(NotificationsIssued issued, string[] channels, CancellationToken cancellationToken)
    {
        var rows = issued.Notifications.ToArray();
        await using var command = database.CreateCommand(Sql);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = Array.ConvertAll(rows, row => row.NotificationId) });
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = Array.ConvertAll(rows, row => row.UserId) });
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = Array.ConvertAll(rows, row => row.RsvpId) });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = Array.ConvertAll(rows, row => row.Kind) });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = Array.ConvertAll(rows, row => row.Status) });
        command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = Array.ConvertAll(rows, row => row.PartySize) });
        command.Parameters.Add(new NpgsqlParameter<DateTime?[]> { TypedValue = Array.ConvertAll(rows, row => row.OfferExpiresAt?.UtcDateTime) });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = issued.ActivityId });
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = issued.At.UtcDateTime });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = channels });
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
