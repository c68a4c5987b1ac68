using System.Buffers.Text;
using System.Security.Cryptography;
using Dapper;
using Npgsql;
using Rsvp.Api.Callers;
using Rsvp.Contracts;

namespace Rsvp.Api.Calendars;

/// <summary>The private addresses: one each, made of a secret that is stored as its hash.</summary>
internal sealed class CalendarFeeds(NpgsqlDataSource database)
{
    private const int SecretBytes = 32;

    /// <summary>The hash by which a secret is found; null for a text that can be none.</summary>
    internal static byte[]? HashOf(string secret)
    {
        Span<byte> bytes = stackalloc byte[SecretBytes];
        return Base64Url.IsValid(secret, out var count) && count == SecretBytes && Base64Url.TryDecodeFromChars(secret, bytes, out _) ? SHA256.HashData(bytes) : null;
    }

    /// <summary>Since when somebody has an address.</summary>
    /// <returns>Null when the user was deleted.</returns>
    internal async Task<CalendarDocument?> ReadAsync(Guid userId, CancellationToken cancellationToken)
    {
        const string Sql = "SELECT created_at FROM calendar_feeds WHERE user_id = @userId";
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await CallerRow.IsDeletedAsync(connection, userId, cancellationToken)
            ? null
            : await connection.QuerySingleOrDefaultAsync<CalendarDocument>(new CommandDefinition(Sql, new { userId }, cancellationToken: cancellationToken)) ?? new CalendarDocument();
    }

    /// <summary>Makes an address, and ends the one before.</summary>
    /// <returns>The document with the address; null when the user was deleted.</returns>
    internal async Task<CalendarDocument?> CreateAsync(Caller caller, CancellationToken cancellationToken)
    {
        const string Sql =
            """
            INSERT INTO calendar_feeds (user_id, secret_hash) VALUES (@userId, @secretHash)
            ON CONFLICT (user_id) DO UPDATE SET secret_hash = excluded.secret_hash, created_at = now()
            RETURNING created_at
            """;
        var secret = RandomNumberGenerator.GetBytes(SecretBytes);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (!await CallerRow.HoldAsync(connection, transaction, caller, cancellationToken))
        {
            return null;
        }

        var feed = await connection.QuerySingleAsync<CalendarDocument>(new CommandDefinition(
            Sql, new { userId = caller.UserId, secretHash = SHA256.HashData(secret) }, transaction, cancellationToken: cancellationToken));
        await transaction.CommitAsync(cancellationToken);
        return feed with { Path = $"/api/calendars/{Base64Url.EncodeToString(secret)}.ics" };
    }

    /// <summary>Ends somebody's address, if there is one.</summary>
    internal async Task DeleteAsync(Guid userId, CancellationToken cancellationToken)
    {
        const string Sql = "DELETE FROM calendar_feeds WHERE user_id = @userId";
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(Sql, new { userId }, cancellationToken: cancellationToken));
    }
}
