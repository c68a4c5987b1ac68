using Dapper;
using Npgsql;
using Rsvp.Api.Paging;

namespace Rsvp.Api.Rsvps;

/// <summary>The decision log of an activity, for its hosts.</summary>
internal sealed class ActivityHistory(NpgsqlDataSource database)
{
    // A row that put a party in line is followed to the party's next step (its group's step to the back included); whoever a pass let in
    // from behind meanwhile overtook it. Only the few rows that overtook somebody are looked at.
    private const string Sql =
        """
        WITH page AS MATERIALIZED (
            SELECT l.*
            FROM   rsvp_analytics l
            WHERE  l.activity_id = @activityId AND l.seq > @after
            ORDER  BY l.seq
            LIMIT  @limit
        )
        SELECT page.seq, page.at, page.action, page.rsvp_id, page.actor, page.previous_status, page.new_status, page.spots, page.free_before, page.rule,
               page.code, page.reason, CASE WHEN page.rule = 'pass' THEN (page.metadata ->> 'overtook')::int END AS overtook,
               CASE WHEN page.new_status = 'waitlisted' AND page.code IS NULL THEN (
                   SELECT count(DISTINCT (o.line_key, o.place_id))::int
                   FROM   rsvp_analytics o
                   WHERE  o.activity_id = @activityId AND o.rule = 'pass' AND coalesce((o.metadata ->> 'overtook')::int, 1) > 0
                     AND  o.seq > page.seq AND (step.next_seq IS NULL OR o.seq < step.next_seq)
                     AND  o.line_key > page.line_key AND o.place_id <> page.place_id) END AS overtaken_by
        FROM   page
        LEFT   JOIN LATERAL (
            SELECT min(later.seq) AS next_seq
            FROM  (SELECT l.seq
                   FROM   rsvp_analytics l
                   WHERE  l.rsvp_id = page.rsvp_id AND l.code IS NULL AND l.action NOT IN ('reminded', 'moved', 'respaced')
                   UNION  ALL
                   SELECT l.seq
                   FROM   rsvp_analytics l
                   WHERE  l.rsvp_id = page.rsvp_id AND (l.code IS NOT NULL OR l.action IN ('reminded', 'moved', 'respaced')) AND l.action IN ('moved', 'respaced')
                   UNION  ALL
                   SELECT l.seq
                   FROM   rsvps mate
                   JOIN   rsvp_analytics l ON l.rsvp_id = mate.rsvp_id AND l.code IS NULL AND l.action = 'moved_to_back' AND l.place_id = page.place_id
                   WHERE  page.place_id <> page.rsvp_id AND mate.group_id = page.place_id AND mate.rsvp_id <> page.rsvp_id) AS later
            WHERE  later.seq > page.seq
        ) AS step ON page.new_status = 'waitlisted' AND page.code IS NULL
        ORDER  BY page.seq
        """;

    /// <summary>One page, the oldest first, and one row more.</summary>
    internal async Task<IReadOnlyList<RsvpHistoryEntry>> ListAsync(Guid activityId, Cursor after, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var rows = await connection.QueryAsync<RsvpHistoryEntry>(
            new CommandDefinition(Sql, new { activityId, after = after.Key, limit = limit + 1 }, cancellationToken: cancellationToken));
        return rows.AsList();
    }
}
