using Dapper;
using Npgsql;

namespace Rsvp.Api.Calendars;

/// <summary>RSVPs as calendars show them.</summary>
internal sealed class CalendarReads(NpgsqlDataSource database)
{
    // More than anybody has to come; the furthest in the future are left out.
    private const int EntriesMax = 1_000;

    private const string Columns =
        """
        SELECT r.rsvp_id, a.title, a.starts_at, a.ends_at, r.status, a.cancelled_at IS NOT NULL AS called_off, r.total_spots AS party_size, r.offer_expires_at,
               r.created_at, greatest(r.updated_at, own.changed_at) AS revised_at, r.version + own.changes AS revision
        FROM   rsvps r
        JOIN   activities a ON a.activity_id = r.activity_id
        CROSS  JOIN LATERAL (
            SELECT count(*) AS changes, max(l.at) AS changed_at
            FROM   rsvp_analytics l
            WHERE  l.activity_id = a.activity_id AND l.rsvp_id IS NULL AND l.code IS NULL) AS own
        """;

    /// <summary>One RSVP; null when there is none.</summary>
    internal async Task<CalendarEntry?> FindAsync(Guid rsvpId, CancellationToken cancellationToken)
    {
        const string Sql = $"{Columns} WHERE r.rsvp_id = @rsvpId";
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await connection.QuerySingleOrDefaultAsync<CalendarEntry>(new CommandDefinition(Sql, new { rsvpId }, cancellationToken: cancellationToken));
    }

    /// <summary>The RSVPs of whoever the secret belongs to, from a month ago on, the soonest first; those that ended, too, so that a calendar hears of it.</summary>
    /// <returns>Null when it is nobody's.</returns>
    internal async Task<IReadOnlyList<CalendarEntry>?> ListAsync(byte[] secretHash, CancellationToken cancellationToken)
    {
        const string OwnerSql =
            """
            SELECT f.user_id
            FROM   calendar_feeds f
            JOIN   users u ON u.user_id = f.user_id AND u.deleted_at IS NULL
            WHERE  f.secret_hash = @secretHash
            """;
        const string Sql =
            $"""
            {Columns}
            WHERE  r.user_id = @userId AND coalesce(a.ends_at, a.starts_at) > now() - interval '30 days'
            ORDER  BY a.starts_at, r.rsvp_id
            LIMIT  @max
            """;
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        if (await connection.QuerySingleOrDefaultAsync<Guid?>(new CommandDefinition(OwnerSql, new { secretHash }, cancellationToken: cancellationToken)) is not { } userId)
        {
            return null;
        }

        var rows = await connection.QueryAsync<CalendarEntry>(new CommandDefinition(Sql, new { userId, max = EntriesMax }, cancellationToken: cancellationToken));
        return rows.AsList();
    }
}
