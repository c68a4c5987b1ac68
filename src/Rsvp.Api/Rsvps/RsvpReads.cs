using Dapper;
using Npgsql;
using Rsvp.Contracts;

namespace Rsvp.Api.Rsvps;

/// <summary>RSVPs as the database has them now.</summary>
internal sealed class RsvpReads(NpgsqlDataSource database)
{
    // A place's position is its rank; places are counted on the index of the line, in its order, without sorting.
    internal const string Columns =
        """
        r.rsvp_id AS id, r.activity_id, r.user_id, r.status, r.guest_count, r.total_spots AS party_size, r.special_requirements,
        CASE WHEN r.status = 'waitlisted' THEN (
            SELECT count(*)::int
            FROM   (SELECT DISTINCT p.line_key, p.place_id
                    FROM   rsvps p
                    WHERE  p.activity_id = r.activity_id AND p.status = 'waitlisted' AND (p.line_key, p.place_id) <= (r.line_key, r.place_id)) AS place
        ) END AS waitlist_position,
        r.offer_expires_at, r.group_id, r.checked_in_at IS NOT NULL AS checked_in, r.checked_in_at AS check_in_time, r.created_at, r.updated_at, r.version
        """;

    /// <summary>An RSVP, and whether the one who looks was deleted.</summary>
    internal async Task<Seen<RsvpDocument>?> FindAsync(Guid rsvpId, Guid callerId, CancellationToken cancellationToken)
    {
        const string Sql =
            $"""
            SELECT {Columns}, EXISTS (SELECT FROM users WHERE user_id = @callerId AND deleted_at IS NOT NULL) AS caller_deleted
            FROM   rsvps r
            WHERE  r.rsvp_id = @rsvpId
            """;
        return await FindOneAsync<RsvpDocument>(Sql, new { rsvpId, callerId }, cancellationToken);
    }

    /// <summary>Somebody's own RSVP to an activity.</summary>
    internal async Task<Seen<RsvpDocument>?> FindOwnAsync(Guid activityId, Guid callerId, CancellationToken cancellationToken)
    {
        const string Sql =
            $"""
            SELECT {Columns}, EXISTS (SELECT FROM users WHERE user_id = @callerId AND deleted_at IS NOT NULL) AS caller_deleted
            FROM   rsvps r
            WHERE  r.activity_id = @activityId AND r.user_id = @callerId
            """;
        return await FindOneAsync<RsvpDocument>(Sql, new { activityId, callerId }, cancellationToken);
    }

    /// <summary>Where an RSVP stands in line.</summary>
    internal async Task<Seen<PositionDocument>?> FindPositionAsync(Guid rsvpId, Guid callerId, CancellationToken cancellationToken)
    {
        const string Sql =
            """
            SELECT r.rsvp_id, r.status, a.waitlisted_places AS waitlist_length, a.version,
                   CASE WHEN r.status = 'waitlisted' THEN ahead.places + 1 END AS position,
                   CASE WHEN r.status = 'waitlisted' THEN ahead.places END AS parties_ahead,
                   CASE WHEN r.status = 'waitlisted' THEN ahead.people END AS spots_ahead,
                   EXISTS (SELECT FROM users WHERE user_id = @callerId AND deleted_at IS NOT NULL) AS caller_deleted
            FROM   rsvps r
            JOIN   activities a ON a.activity_id = r.activity_id
            CROSS  JOIN LATERAL (
                SELECT count(*)::int AS places, coalesce(sum(place.people), 0)::int AS people
                FROM   (SELECT sum(p.total_spots) AS people
                        FROM   rsvps p
                        WHERE  p.activity_id = r.activity_id AND p.status = 'waitlisted' AND (p.line_key, p.place_id) < (r.line_key, r.place_id)
                        GROUP  BY p.line_key, p.place_id) AS place
            ) AS ahead
            WHERE  r.rsvp_id = @rsvpId
            """;
        return await FindOneAsync<PositionDocument>(Sql, new { rsvpId, callerId }, cancellationToken);
    }

    private async Task<Seen<T>?> FindOneAsync<T>(string sql, object values, CancellationToken cancellationToken)
        where T : class
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var rows = await connection.QueryAsync<T, bool, Seen<T>>(
            new CommandDefinition(sql, values, cancellationToken: cancellationToken),
            (document, callerDeleted) => new Seen<T>(document, callerDeleted),
            splitOn: "caller_deleted");
        return rows.SingleOrDefault();
    }
}

/// <summary>A document, and whether the one who looks at it was deleted.</summary>
internal sealed record Seen<T>(T Document, bool CallerDeleted);

/// <summary>Where an RSVP stands in line.</summary>
internal sealed record PositionDocument
{
    public required Guid RsvpId { get; init; }

    public required string Status { get; init; }

    /// <summary>Rank of its place, 1 is next; null unless waitlisted, like what is ahead.</summary>
    public int? Position { get; init; }

    /// <summary>Places in line.</summary>
    public required int WaitlistLength { get; init; }

    /// <summary>Places ahead.</summary>
    public int? PartiesAhead { get; init; }

    /// <summary>People ahead.</summary>
    public int? SpotsAhead { get; init; }

    /// <summary>The activity's version.</summary>
    public required long Version { get; init; }
}
