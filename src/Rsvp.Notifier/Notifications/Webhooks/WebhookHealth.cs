using Npgsql;

namespace Rsvp.Notifier.Notifications.Webhooks;

/// <summary>Counts what fails in a row and ends a webhook that nobody answers any more.</summary>
internal sealed class WebhookHealth([FromKeyedServices(NotificationsExtensions.Database)] NpgsqlDataSource database)
{
    /// <summary>Attempts in a row that must have failed, and for how long, before a webhook is disabled: an endpoint may be down for a weekend.</summary>
    internal const int FailuresMin = 10;

    /// <inheritdoc cref="FailuresMin"/>
    internal static readonly TimeSpan FailingFor = TimeSpan.FromHours(72);

    private const string FailedSql =
        """
        WITH judged AS (
            SELECT webhook_id, $2 AS is_gone, failures + 1 >= $3 AND coalesce(failing_since, now()) <= now() - $4 AS is_failing
            FROM   webhooks
            WHERE  webhook_id = $1 AND disabled_at IS NULL
            FOR    UPDATE
        ), counted AS (
            UPDATE webhooks w
            SET    failures = w.failures + 1, failing_since = coalesce(w.failing_since, now()),
                   disabled_at = CASE WHEN is_gone OR is_failing THEN now() END,
                   disabled_reason = CASE WHEN is_gone THEN 'gone' WHEN is_failing THEN 'failing' END
            FROM   judged
            WHERE  w.webhook_id = judged.webhook_id
            RETURNING w.webhook_id, w.disabled_at
        ), ended AS (
            UPDATE notification_deliveries d
            SET    state = 'failed', last_error = 'webhook_disabled', finished_at = now()
            FROM   counted
            WHERE  d.webhook_id = counted.webhook_id AND counted.disabled_at IS NOT NULL AND d.state = 'pending' AND d.notification_id <> $5
        )
        SELECT disabled_at IS NOT NULL FROM counted
        """;

    private const string SentSql = "UPDATE webhooks SET failures = 0, failing_since = NULL WHERE webhook_id = $1 AND disabled_at IS NULL";

    /// <summary>Notes an attempt that failed; when the webhook is disabled by it, whatever else waits for it fails too.</summary>
    /// <returns>Whether the webhook is disabled now.</returns>
    public async Task<bool> FailedAsync(Delivery delivery, bool isGone, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(FailedSql);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = delivery.Target });
        command.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = isGone });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = FailuresMin });
        command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = FailingFor });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = delivery.NotificationId });

        // No row: it was deleted or disabled meanwhile.
        return await command.ExecuteScalarAsync(cancellationToken) is not false;
    }

    /// <summary>Notes an attempt that succeeded after others that failed.</summary>
    public async Task SentAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        if (delivery.WebhookFailures == 0)
        {
            return;
        }

        await using var command = database.CreateCommand(SentSql);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = delivery.Target });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
