using Dapper;
using Npgsql;
using Rsvp.Contracts;

namespace Rsvp.Api.Callers;

/// <summary>The row of a caller who writes things of their own: preferences, webhooks, a calendar's address.</summary>
internal static class CallerRow
{
    /// <summary>Makes sure that the user exists, and keeps others from writing the user's things, or deleting the user, until the transaction ends.</summary>
    /// <returns>False when the user was deleted.</returns>
    internal static async Task<bool> HoldAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, Caller caller, CancellationToken cancellationToken)
    {
        const string InsertSql = "INSERT INTO users (user_id, name, email) VALUES (@userId, @name, @email) ON CONFLICT DO NOTHING";

        // The weakest lock that excludes itself: RSVPs of this user, which refer to the row, are written all the same.
        const string HoldSql = "SELECT deleted_at IS NULL FROM users WHERE user_id = @userId FOR NO KEY UPDATE";

        var values = new { userId = caller.UserId, name = caller.Name, email = caller.Email };
        await connection.ExecuteAsync(new CommandDefinition(InsertSql, values, transaction, cancellationToken: cancellationToken));
        return await connection.QuerySingleAsync<bool>(new CommandDefinition(HoldSql, values, transaction, cancellationToken: cancellationToken));
    }

    /// <summary>Whether the user was deleted.</summary>
    internal static Task<bool> IsDeletedAsync(NpgsqlConnection connection, Guid userId, CancellationToken cancellationToken)
    {
        const string Sql = "SELECT EXISTS (SELECT FROM users WHERE user_id = @userId AND deleted_at IS NOT NULL)";
        return connection.QuerySingleAsync<bool>(new CommandDefinition(Sql, new { userId }, cancellationToken: cancellationToken));
    }
}
