using System.Security.Cryptography;
using Dapper;
using Npgsql;
using Rsvp.Api.Callers;
using Rsvp.Api.Paging;
using Rsvp.Contracts;

namespace Rsvp.Api.Notifications;

/// <summary>Users' webhooks. Every statement names the owner, so that nobody finds another's.</summary>
internal sealed class WebhookStore(NpgsqlDataSource database, TimeProvider timeProvider)
{
    /// <summary>Webhooks of one user: one per device or service and some to spare; every notification goes to each.</summary>
    internal const int PerUserMax = 10;

    // Standard Webhooks asks for 24 to 64 bytes.
    private const int SecretBytes = 32;

    private const string Columns = "webhook_id AS id, url, created_at, failures, failing_since, disabled_at, disabled_reason";

    /// <summary>Registers an endpoint; the document has the secret, which is never shown again.</summary>
    internal async Task<(WebhookOutcome Outcome, WebhookDocument? Webhook)> CreateAsync(Caller caller, string url, CancellationToken cancellationToken)
    {
        const string Sql =
            $"""
            INSERT INTO webhooks (webhook_id, user_id, url, secret)
            SELECT @id, @userId, @url, @secret
            WHERE  (SELECT count(*) FROM webhooks WHERE user_id = @userId) < @max
            RETURNING {Columns}
            """;

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (!await CallerRow.HoldAsync(connection, transaction, caller, cancellationToken))
        {
            return (WebhookOutcome.OwnerDeleted, null);
        }

        var id = Guid.CreateVersion7(timeProvider.GetUtcNow());
        var secret = "whsec_" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(SecretBytes));
        var webhook = await connection.QuerySingleOrDefaultAsync<WebhookDocument>(new CommandDefinition(
            Sql, new { id, userId = caller.UserId, url, secret, max = PerUserMax }, transaction, cancellationToken: cancellationToken));
        await transaction.CommitAsync(cancellationToken);
        return webhook is null ? (WebhookOutcome.TooMany, null) : (WebhookOutcome.Done, webhook with { Secret = secret });
    }

    /// <summary>A user's webhooks, oldest first.</summary>
    /// <returns>Null when the user was deleted.</returns>
    internal async Task<IReadOnlyList<WebhookDocument>?> ListAsync(Guid userId, CancellationToken cancellationToken)
    {
        const string Sql = $"SELECT {Columns} FROM webhooks WHERE user_id = @userId ORDER BY created_at, webhook_id";
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await CallerRow.IsDeletedAsync(connection, userId, cancellationToken)
            ? null
            : (await connection.QueryAsync<WebhookDocument>(new CommandDefinition(Sql, new { userId }, cancellationToken: cancellationToken))).AsList();
    }

    /// <summary>Forgets a webhook, and its deliveries with it.</summary>
    /// <returns>Whether there was one.</returns>
    internal async Task<bool> DeleteAsync(Guid userId, Guid webhookId, CancellationToken cancellationToken)
    {
        const string Sql = "DELETE FROM webhooks WHERE webhook_id = @webhookId AND user_id = @userId";
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteAsync(new CommandDefinition(Sql, new { userId, webhookId }, cancellationToken: cancellationToken)) > 0;
    }

    /// <summary>Takes a webhook back into use; what failed meanwhile stays failed.</summary>
    /// <returns>The webhook after it; null when there is none.</returns>
    internal async Task<WebhookDocument?> EnableAsync(Guid userId, Guid webhookId, CancellationToken cancellationToken)
    {
        const string Sql =
            $"""
            UPDATE webhooks
            SET    failures = 0, failing_since = NULL, disabled_at = NULL, disabled_reason = NULL
            WHERE  webhook_id = @webhookId AND user_id = @userId
              AND  NOT EXISTS (SELECT FROM users WHERE user_id = @userId AND deleted_at IS NOT NULL)
            RETURNING {Columns}
            """;
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await connection.QuerySingleOrDefaultAsync<WebhookDocument>(
            new CommandDefinition(Sql, new { userId, webhookId }, cancellationToken: cancellationToken));
    }

    /// <summary>One page of what was or will be sent to a webhook, newest first, and one row more.</summary>
    /// <returns>Null when the user has no such webhook.</returns>
    internal async Task<IReadOnlyList<DeliveryDocument>?> ListDeliveriesAsync(
        Guid userId, Guid webhookId, Cursor? after, int limit, CancellationToken cancellationToken)
    {
        const string OwnerSql = "SELECT EXISTS (SELECT FROM webhooks WHERE webhook_id = @webhookId AND user_id = @userId)";
        const string Sql =
            """
            SELECT notification_id, 'rsvp.' || kind AS type, activity_id, rsvp_id, state, attempts, last_status, last_error, created_at,
                   CASE WHEN state = 'pending' THEN due_at END AS next_attempt_at, finished_at
            FROM   notification_deliveries
            WHERE  webhook_id = @webhookId AND (created_at, notification_id) < (@createdAt, @notificationId)
            ORDER  BY created_at DESC, notification_id DESC
            LIMIT  @limit
            """;

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        if (!await connection.QuerySingleAsync<bool>(new CommandDefinition(OwnerSql, new { webhookId, userId }, cancellationToken: cancellationToken)))
        {
            return null;
        }

        // Without a cursor from the end of time on, which is where the newest are.
        var values = new
        {
            webhookId,
            createdAt = after?.Time ?? DateTimeOffset.MaxValue,
            notificationId = after?.First ?? Guid.Empty,
            limit = limit + 1,
        };
        return (await connection.QueryAsync<DeliveryDocument>(new CommandDefinition(Sql, values, cancellationToken: cancellationToken))).AsList();
    }
}

/// <summary>What became of a new webhook.</summary>
internal enum WebhookOutcome
{
    Done,

    /// <summary>The user has as many as one may have.</summary>
    TooMany,

    /// <summary>The user was deleted.</summary>
    OwnerDeleted,
}
