namespace Rsvp.Worker.Audit;

/// <summary>I4: no seat is free while the next place that the policy allows would fit.</summary>
/// <remarks>While something is in flight, an activity whose vacancy is noted is left to the pass that is under way, for as long as a pass may take.</remarks>
internal static class NoSeatIsStranded
{
    private const string RowsSql = "SELECT count(*) FROM activities";

    private const string ViolationsSql =
        """
        WITH room AS (
            SELECT a.activity_id, a.capacity, a.skip_limit, a.vacant_since,
                   a.capacity - coalesce(sum(r.total_spots) FILTER (WHERE r.status IN ('confirmed', 'offered')), 0) AS free
            FROM   activities a
            JOIN   rsvps r USING (activity_id)
            WHERE  a.cancelled_at IS NULL
              AND  now() < a.starts_at - make_interval(mins => a.promotion_cutoff_minutes)
              AND  (@quiescent OR a.vacant_since IS NULL OR a.vacant_since <= now() - @vacancy_at_most)
            GROUP  BY a.activity_id, a.capacity, a.skip_limit, a.vacant_since
            HAVING count(*) FILTER (WHERE r.status = 'waitlisted') > 0
        ), place AS (
            SELECT r.activity_id, r.place_id, min(r.line_key) AS line_key, min(r.line_seq) AS line_seq, sum(r.total_spots) AS spots
            FROM   rsvps r
            JOIN   room USING (activity_id)
            WHERE  r.status = 'waitlisted' AND (room.free IS NULL OR room.free > 0)
            GROUP  BY r.activity_id, r.place_id
        ), next AS (
            SELECT DISTINCT ON (place.activity_id) place.*, room.free, room.capacity, room.skip_limit, room.vacant_since
            FROM   place
            JOIN   room USING (activity_id)
            WHERE  room.free IS NULL OR place.spots <= room.free
            ORDER  BY place.activity_id, place.line_key, place.place_id
        )
        SELECT next.activity_id, NULL::uuid,
               format('%s seats are free (capacity %s, vacant since %s), and place %s of %s people (line_key %s) would fit',
                      coalesce(next.free::text, 'unlimited'), coalesce(next.capacity::text, 'unlimited'), coalesce(next.vacant_since::text, 'null'),
                      next.place_id, next.spots, next.line_key)
        FROM   next
        WHERE  NOT EXISTS (
            -- A place ahead that was overtaken often enough: the line stops there. Without a limit nothing is counted.
            SELECT FROM place ahead
            WHERE  next.skip_limit IS NOT NULL
              AND  ahead.activity_id = next.activity_id
              AND  ahead.line_key < next.line_key
              AND  ahead.spots <= next.capacity
              AND  next.skip_limit <= (
                  SELECT count(DISTINCT (l.line_key, l.place_id))
                  FROM   rsvp_analytics l
                  WHERE  l.activity_id = ahead.activity_id AND l.rule = 'pass' AND l.line_key > ahead.line_key AND l.seq > ahead.line_seq))
        """;

    public static Invariant Invariant { get; } =
        new SqlInvariant("I4", "no seat is free while the next place allowed would fit", RowsSql, ViolationsSql);
}
