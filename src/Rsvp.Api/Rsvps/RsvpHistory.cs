using Dapper;
using Npgsql;
using Rsvp.Api.Paging;

namespace Rsvp.Api.Rsvps;

/// <summary>Tells from the decision log what became of an RSVP, and who was let in while it waited.</summary>
internal sealed class RsvpHistory(NpgsqlDataSource database)
{
    private const string Sql =
        """
        WITH me AS (
            SELECT rsvp_id, activity_id, place_id, group_id FROM rsvps WHERE rsvp_id = @rsvpId
        ), own AS (
            SELECT l.* FROM rsvp_analytics l WHERE l.rsvp_id = @rsvpId AND l.code IS NULL AND l.action NOT IN ('reminded', 'moved', 'respaced')
        ), aside AS (
            SELECT l.* FROM rsvp_analytics l WHERE l.rsvp_id = @rsvpId AND (l.code IS NOT NULL OR l.action IN ('reminded', 'moved', 'respaced'))
        ), mates_moves AS (
            -- A waiting group goes to the back as one.
            SELECT l.*
            FROM   me
            JOIN   rsvps mate ON mate.group_id = me.group_id AND mate.rsvp_id <> me.rsvp_id
            JOIN   rsvp_analytics l ON l.rsvp_id = mate.rsvp_id AND l.code IS NULL AND l.action = 'moved_to_back' AND l.place_id = me.place_id
            WHERE  me.place_id = me.group_id
        ), steps AS (
            SELECT seq, new_status, line_key, place_id, lead(seq) OVER (ORDER BY seq) AS next_seq
            FROM   (SELECT * FROM own UNION ALL SELECT * FROM aside WHERE action IN ('moved', 'respaced') UNION ALL SELECT * FROM mates_moves) AS step
        ), let_in AS (
            SELECT l.*, steps.seq AS step_seq, l.line_key > steps.line_key AS passed_over
            FROM   steps, me, rsvp_analytics l
            WHERE  steps.new_status = 'waitlisted'
              AND  l.activity_id = me.activity_id AND l.rule = 'pass'
              AND  l.seq > steps.seq AND (steps.next_seq IS NULL OR l.seq < steps.next_seq)
              AND  l.place_id <> steps.place_id
        ), told AS (
            SELECT l.seq, l.at, l.action, l.rsvp_id, l.actor, l.previous_status, l.new_status, l.spots, l.free_before, l.rule, l.code, l.reason,
                   l.metadata, false AS passed_over,
                   CASE WHEN l.new_status = 'waitlisted' AND l.code IS NULL THEN (
                       SELECT count(DISTINCT (line_key, place_id))::int FROM let_in WHERE let_in.step_seq = l.seq AND let_in.passed_over) END AS overtaken_by
            FROM   (SELECT * FROM own UNION ALL SELECT * FROM aside) AS l
            UNION  ALL
            SELECT seq, at, action, NULL, actor, previous_status, new_status, spots, free_before, rule, NULL, NULL, metadata, passed_over, NULL FROM let_in
            UNION  ALL
            SELECT seq, at, action, NULL, actor, previous_status, new_status, spots, free_before, rule, NULL, NULL, NULL, false, NULL FROM mates_moves
        )
        SELECT seq, at, action, rsvp_id, actor, previous_status, new_status, spots, free_before, rule, code, reason,
               CASE WHEN rule = 'pass' THEN (metadata ->> 'overtook')::int END AS overtook, overtaken_by, passed_over
        FROM   told
        WHERE  seq > @after
        ORDER  BY seq
        LIMIT  @limit
        """;

    /// <summary>One page, the oldest first, and one row more.</summary>
    internal async Task<IReadOnlyList<RsvpHistoryEntry>> ListAsync(Guid rsvpId, Cursor after, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var rows = await connection.QueryAsync<RsvpHistoryEntry>(
            new CommandDefinition(Sql, new { rsvpId, after = after.Key, limit = limit + 1 }, cancellationToken: cancellationToken));
        return rows.AsList();
    }
}
