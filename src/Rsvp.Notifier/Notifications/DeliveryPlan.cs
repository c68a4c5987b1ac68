using Npgsql;
using Rsvp.Contracts;

namespace Rsvp.Notifier.Notifications;

/// <summary>Turns issued notifications into deliveries: one row for each notification, channel and target that its person wants.</summary>
internal sealed class DeliveryPlan([FromKeyedServices(NotificationsExtensions.Database)] NpgsqlDataSource database)
{
    // The primary key makes a repeated message harmless. Who was deleted is not told any more.
    private const string Sql =
        """
        WITH issued AS (
            SELECT *
            FROM   unnest($1, $2, $3, $4, $5, $6, $7) AS n (notification_id, user_id, rsvp_id, kind, status, party_size, offer_expires_at)
        ), wanted AS (
            SELECT issued.*, u.email, coalesce(p.email, true) AS by_email, coalesce(p.webhook, true) AS by_webhook
            FROM   issued
            JOIN   users u ON u.user_id = issued.user_id AND u.deleted_at IS NULL
            LEFT   JOIN notification_preferences p ON p.user_id = issued.user_id
            WHERE  (issued.kind = ANY (p.muted_kinds)) IS NOT TRUE
        ), targets AS (
            SELECT 'email' AS channel, user_id AS target, NULL::uuid AS webhook_id, wanted.*
            FROM   wanted
            WHERE  by_email AND email IS NOT NULL
            UNION  ALL
            SELECT 'webhook', w.webhook_id, w.webhook_id, wanted.*
            FROM   wanted
            JOIN   webhooks w ON w.user_id = wanted.user_id AND w.disabled_at IS NULL
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
