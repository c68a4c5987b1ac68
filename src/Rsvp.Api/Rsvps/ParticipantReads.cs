using Dapper;
using Npgsql;
using Rsvp.Api.Paging;

namespace Rsvp.Api.Rsvps;

/// <summary>Who is coming: the confirmed, in the order in which they first asked.</summary>
internal sealed class ParticipantReads(NpgsqlDataSource database)
{
    /// <summary>Whether users who are no hosts may see who is coming; false when there is no such activity.</summary>
    internal async Task<bool> AreVisibleAsync(Guid activityId, CancellationToken cancellationToken)
    {
        const string Sql = "SELECT participants_visible FROM activities WHERE activity_id = @activityId";
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await connection.QuerySingleOrDefaultAsync<bool>(new CommandDefinition(Sql, new { activityId }, cancellationToken: cancellationToken));
    }

    /// <summary>One page for hosts, and one row more.</summary>
    internal async Task<IReadOnlyList<HostedRsvp>> ListAsync(Guid activityId, Cursor after, int limit, CancellationToken cancellationToken)
    {
        const string Sql =
            """
            SELECT r.rsvp_id AS id, r.activity_id, r.user_id, u.name, r.status, r.guest_count, r.total_spots AS party_size, r.special_requirements, r.group_id,
                   r.checked_in_at IS NOT NULL AS checked_in, r.checked_in_at AS check_in_time, r.created_at, r.updated_at, r.version
            FROM   rsvps r
            JOIN   users u ON u.user_id = r.user_id
            WHERE  r.activity_id = @activityId AND r.status = 'confirmed' AND (r.created_at, r.rsvp_id) > (@createdAt, @rsvpId)
            ORDER  BY r.created_at, r.rsvp_id
            LIMIT  @limit
            """;
        return await PageAsync<HostedRsvp>(Sql, activityId, after, limit, cancellationToken);
    }

    /// <summary>One page for everybody else, and one row more.</summary>
    internal async Task<IReadOnlyList<Participant>> ListNamesAsync(Guid activityId, Cursor after, int limit, CancellationToken cancellationToken)
    {
        const string Sql =
            """
            SELECT u.name, r.created_at, r.rsvp_id AS id
            FROM   rsvps r
            JOIN   users u ON u.user_id = r.user_id
            WHERE  r.activity_id = @activityId AND r.status = 'confirmed' AND (r.created_at, r.rsvp_id) > (@createdAt, @rsvpId)
            ORDER  BY r.created_at, r.rsvp_id
            LIMIT  @limit
            """;
        return await PageAsync<Participant>(Sql, activityId, after, limit, cancellationToken);
    }

    private async Task<IReadOnlyList<T>> PageAsync<T>(string sql, Guid activityId, Cursor after, int limit, CancellationToken cancellationToken)
    {
        var values = new { activityId, createdAt = after.Time, rsvpId = after.First, limit = limit + 1 };
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var rows = await connection.QueryAsync<T>(new CommandDefinition(sql, values, cancellationToken: cancellationToken));
        return rows.AsList();
    }
}
