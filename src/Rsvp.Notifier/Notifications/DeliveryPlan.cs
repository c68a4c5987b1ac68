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
            FROM   unnest($1, $2, $3, $4, $5, $6, $7, $8, $9) AS issued (
                       notification_id, user_id, rsvp_id, kind, status, party_size, offer_expires_at, activity_id, issued_at)
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
        SELECT notification_id, channel, target, user_id, webhook_id, activity_id, rsvp_id, kind, status, party_size, offer_expires_at, issued_at
        FROM   targets
        WHERE  channel = ANY ($10)
        ON     CONFLICT DO NOTHING
        """;

    /// <summary>Whether it is worth trying again: the driver does not count a server that is being shut down, and a webhook may be deleted while a delivery to it is planned.</summary>
    public static bool MayPass(NpgsqlException error) => error.IsTransient || error is PostgresException
    {
        SqlState: PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.ForeignKeyViolation
    };

    /// <summary>Whether the database is away, so that nothing else could be planned either.</summary>
    public static bool IsAway(NpgsqlException error) => error is not PostgresException postgres
        || postgres.SqlState is PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow;

    /// <summary>Plans messages, as often as they come.</summary>
    /// <param name="messages">Of any activities.</param>
    /// <param name="channels">Names of the channels that can send.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Deliveries that are new.</returns>
    public async Task<int> AddAsync(IReadOnlyList<NotificationsIssued> messages, string[] channels, CancellationToken cancellationToken)
    {
        var rows = messages.SelectMany(issued => issued.Notifications.Select(row => (Message: issued, Notification: row))).ToArray();
        await using var command = database.CreateCommand(Sql);
        Add(row => row.Notification.NotificationId);
        Add(row => row.Notification.UserId);
        Add(row => row.Notification.RsvpId);
        Add(row => row.Notification.Kind);
        Add(row => row.Notification.Status);
        Add(row => row.Notification.PartySize);
        Add(row => row.Notification.OfferExpiresAt?.UtcDateTime);
        Add(row => row.Message.ActivityId);
        Add(row => row.Message.At.UtcDateTime);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = channels });
        return await command.ExecuteNonQueryAsync(cancellationToken);

        void Add<T>(Converter<(NotificationsIssued Message, Notification Notification), T> column) =>
            command.Parameters.Add(new NpgsqlParameter<T[]> { TypedValue = Array.ConvertAll(rows, column) });
    }
}
