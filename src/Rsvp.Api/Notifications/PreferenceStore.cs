using Dapper;
using Npgsql;
using Rsvp.Api.Callers;
using Rsvp.Contracts;

namespace Rsvp.Api.Notifications;

/// <summary>What users want to hear of. A plain write: seats do not depend on it.</summary>
internal sealed class PreferenceStore(NpgsqlDataSource database)
{
    private const string ReadSql =
        """
        SELECT coalesce(p.email, true) AS email, coalesce(p.webhook, true) AS webhook, coalesce(p.muted_kinds, '{}') AS muted_kinds
        FROM  (SELECT @userId AS user_id) AS me
        LEFT   JOIN notification_preferences p USING (user_id)
        """;

    /// <summary>A user's preferences.</summary>
    /// <returns>Null when the user was deleted.</returns>
    internal async Task<PreferencesDocument?> ReadAsync(Guid userId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await CallerRow.IsDeletedAsync(connection, userId, cancellationToken)
            ? null
            : await connection.QuerySingleAsync<PreferencesDocument>(new CommandDefinition(ReadSql, new { userId }, cancellationToken: cancellationToken));
    }

    /// <summary>Changes what is not null.</summary>
    /// <returns>The preferences after it; null when the user was deleted.</returns>
    internal async Task<PreferencesDocument?> ChangeAsync(Caller caller, PreferencesBody change, CancellationToken cancellationToken)
    {
        const string Sql =
            """
            INSERT INTO notification_preferences AS kept (user_id, email, webhook, muted_kinds)
            VALUES (@userId, coalesce(@email, true), coalesce(@webhook, true), coalesce(@mutedKinds, '{}'::text[]))
            ON CONFLICT (user_id) DO UPDATE
            SET email = coalesce(@email, kept.email), webhook = coalesce(@webhook, kept.webhook), muted_kinds = coalesce(@mutedKinds, kept.muted_kinds),
                updated_at = now()
            """;

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (!await CallerRow.HoldAsync(connection, transaction, caller, cancellationToken))
        {
            return null;
        }

        var values = new { userId = caller.UserId, email = change.Email, webhook = change.Webhook, mutedKinds = change.MutedKinds?.ToArray() };
        await connection.ExecuteAsync(new CommandDefinition(Sql, values, transaction, cancellationToken: cancellationToken));
        var after = await connection.QuerySingleAsync<PreferencesDocument>(
            new CommandDefinition(ReadSql, new { userId = caller.UserId }, transaction, cancellationToken: cancellationToken));
        await transaction.CommitAsync(cancellationToken);
        return after;
    }
}
