using Dapper;
using Npgsql;
using Rsvp.Api.Paging;

namespace Rsvp.Api.Waitlist;

/// <summary>The line of an activity as the database has it now.</summary>
internal sealed class WaitlistReads(NpgsqlDataSource database)
{
    /// <summary>The line's length and the caller's place in it; null when there is no such activity.</summary>
    internal async Task<WaitlistDocument?> FindAsync(Guid activityId, Guid callerId, CancellationToken cancellationToken)
    {
        const string Sql =
            """
            SELECT a.activity_id, a.waitlisted_places AS length, a.version, own.rsvp_id, ahead.places + 1 AS position, ahead.places AS parties_ahead, ahead.people AS spots_ahead,
                   EXISTS (SELECT FROM users WHERE user_id = @callerId AND deleted_at IS NOT NULL) AS caller_deleted
            FROM   activities a
            LEFT   JOIN rsvps own ON own.activity_id = a.activity_id AND own.user_id = @callerId AND own.status = 'waitlisted'
            LEFT   JOIN LATERAL (
                SELECT count(*)::int AS places, coalesce(sum(place.people), 0)::int AS people
                FROM   (SELECT sum(p.total_spots) AS people
                        FROM   rsvps p
                        WHERE  p.activity_id = a.activity_id AND p.status = 'waitlisted' AND (p.line_key, p.place_id) < (own.line_key, own.place_id)
                        GROUP  BY p.line_key, p.place_id) AS place
            ) AS ahead ON own.rsvp_id IS NOT NULL
            WHERE  a.activity_id = @activityId
            """;
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await connection.QuerySingleOrDefaultAsync<WaitlistDocument>(
            new CommandDefinition(Sql, new { activityId, callerId }, cancellationToken: cancellationToken));
    }

    /// <summary>The line in order, from behind a cursor; one more than a page holds.</summary>
    internal async Task<IReadOnlyList<WaitlistEntry>> ListAsync(Guid activityId, Cursor after, int limit, CancellationToken cancellationToken)
    {
        // Positions are counted from the front again for every page: the line may have moved since the page before. What is counted once is kept
        // apart, and what belongs to a row is looked up by its key: of a young activity there are no statistics, and a join would be planned for one row.
        const string Sql =
            """
            WITH page AS (
                SELECT rsvp_id, group_id, user_id, total_spots, line_key, line_seq, place_id
                FROM   rsvps
                WHERE  activity_id = @activityId AND status = 'waitlisted' AND (line_key, place_id, rsvp_id) > (@lineKey, @placeId, @rsvpId)
                ORDER  BY line_key, place_id, rsvp_id
                LIMIT  @limit
            ), front AS MATERIALIZED (
                SELECT count(*) AS places
                FROM   (SELECT DISTINCT line_key, place_id
                        FROM   rsvps
                        WHERE  activity_id = @activityId AND status = 'waitlisted'
                          AND  (line_key, place_id) < (SELECT line_key, place_id FROM page ORDER BY line_key, place_id LIMIT 1)) AS place
            )
            SELECT page.rsvp_id, page.group_id, page.user_id, users.name, page.total_spots AS party_size, page.line_key, page.place_id,
                   (front.places + dense_rank() OVER (ORDER BY page.line_key, page.place_id))::int AS position,
                   (SELECT count(DISTINCT log.line_key)::int
                    FROM   rsvp_analytics log
                    WHERE  log.activity_id = @activityId AND log.rule = 'pass' AND log.line_key > page.line_key AND log.seq > page.line_seq) AS skipped,
                   (SELECT log.at FROM rsvp_analytics log WHERE log.activity_id = @activityId AND log.seq = page.line_seq) AS joined_at
            FROM   page
            CROSS  JOIN front
            JOIN   users ON users.user_id = page.user_id
            ORDER  BY page.line_key, page.place_id, page.rsvp_id
            """;
        var values = new { activityId, lineKey = after.Key, placeId = after.First, rsvpId = after.Second, limit = limit + 1 };
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var rows = await connection.QueryAsync<WaitlistEntry>(new CommandDefinition(Sql, values, cancellationToken: cancellationToken));
        return rows.AsList();
    }
}
