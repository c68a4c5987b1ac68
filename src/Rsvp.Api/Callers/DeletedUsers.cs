using Dapper;
using Npgsql;

namespace Rsvp.Api.Callers;

/// <summary>Says who was deleted: their tokens are still valid, and they may do nothing with them.</summary>
internal sealed class DeletedUsers(NpgsqlDataSource database)
{
    internal async Task<bool> ContainAsync(Guid userId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteScalarAsync<bool>(new CommandDefinition(
            "SELECT EXISTS (SELECT FROM users WHERE user_id = @userId AND deleted_at IS NOT NULL)", new { userId }, cancellationToken: cancellationToken));
    }
}
