namespace Rsvp.Worker.Audit;

/// <summary>I2: the counters of activities, and the size of a place that is stored with each of its parties.</summary>
internal static class CountersAreRight
{
    private const string RowsSql = "SELECT (SELECT count(*) FROM activities) + (SELECT count(*) FROM rsvps)";

    private const string ViolationsSql =
        """
        WITH recount AS (
            SELECT activity_id,
                   coalesce(sum(total_spots) FILTER (WHERE status = 'confirmed'), 0) AS confirmed,
                   coalesce(sum(total_spots) FILTER (WHERE status = 'offered'), 0) AS offered,
                   coalesce(sum(total_spots) FILTER (WHERE status = 'waitlisted'), 0) AS waitlisted,
                   count(DISTINCT place_id) FILTER (WHERE status = 'waitlisted') AS places,
                   coalesce(sum(total_spots) FILTER (WHERE checked_in_at IS NOT NULL), 0) AS checked_in,
                   sum(override_spots) AS overridden
            FROM   rsvps
            GROUP  BY activity_id
        ), log AS (
            SELECT activity_id, max(seq) AS seq FROM rsvp_analytics GROUP BY activity_id
        ), counters AS (
            SELECT a.activity_id, counter.name, counter.stored, counter.recounted
            FROM   activities a
            LEFT   JOIN recount r USING (activity_id)
            LEFT   JOIN log l USING (activity_id)
            CROSS  JOIN LATERAL (VALUES
                ('confirmed_participants', a.confirmed_participants::bigint, coalesce(r.confirmed, 0)),
                ('offered_participants', a.offered_participants, coalesce(r.offered, 0)),
                ('waitlisted_participants', a.waitlisted_participants, coalesce(r.waitlisted, 0)),
                ('waitlisted_places', a.waitlisted_places, coalesce(r.places, 0)),
                ('checked_in_participants', a.checked_in_participants, coalesce(r.checked_in, 0)),
                ('overridden_participants', a.overridden_participants, coalesce(r.overridden, 0)),
                ('log_seq', a.log_seq, coalesce(l.seq, 0))
            ) AS counter (name, stored, recounted)
        ), places AS (
            SELECT activity_id, rsvp_id, place_spots, sum(total_spots) OVER (PARTITION BY activity_id, place_id) AS spots
            FROM   rsvps
            WHERE  status = 'waitlisted'
        )
        SELECT activity_id, NULL::uuid, format('%s is %s, but a recount gives %s', name, stored, recounted)
        FROM   counters
        WHERE  stored <> recounted
        UNION  ALL
        SELECT activity_id, rsvp_id, format('place_spots is %s, but the parties of the place are %s people', place_spots, spots)
        FROM   places
        WHERE  place_spots IS DISTINCT FROM spots
        """;

    public static Invariant Invariant { get; } = new SqlInvariant("I2", "every stored counter equals a recount", RowsSql, ViolationsSql);
}
