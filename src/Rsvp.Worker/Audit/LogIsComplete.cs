namespace Rsvp.Worker.Audit;

/// <summary>I6: the decision log tells every version of every RSVP once, in a gapless order, and ends where the RSVPs are; who should hear of a row is told once.</summary>
internal static class LogIsComplete
{
    /// <summary>What the person concerned hears of; later kinds of step are named already.</summary>
    internal const string HeardActions =
        """
        'confirmed', 'waitlisted', 'promoted', 'offered', 'updated', 'moved_to_back', 'cancelled', 'accepted', 'declined', 'offer_expired', 'reminded',
        'removed', 'called_off', 'released', 'moved'
        """;

    private const string RowsSql =
        "SELECT (SELECT count(*) FROM rsvps) + (SELECT count(*) FROM rsvp_analytics) + (SELECT count(*) FROM notifications)";

    // Notifications are kept for 400 days; the log is kept.
    private const string ViolationsSql =
        $"""
        WITH decided AS (
            SELECT * FROM rsvp_analytics WHERE code IS NULL AND rsvp_id IS NOT NULL AND action NOT IN ('reminded', 'moved', 'respaced')
        ), versions AS (
            SELECT rsvp_id, count(*) AS rows, count(DISTINCT rsvp_version) AS versions, min(rsvp_version) AS first, max(rsvp_version) AS last
            FROM   decided
            GROUP  BY rsvp_id
        ), steps AS (
            SELECT activity_id, rsvp_id, rsvp_version, seq, previous_status, lag(new_status) OVER step AS was, lag(seq) OVER step AS was_seq
            FROM   decided
            WINDOW step AS (PARTITION BY rsvp_id ORDER BY rsvp_version)
        )

        SELECT r.activity_id, r.rsvp_id,
               format('it is at version %s, but the log has %s rows for %s versions from %s to %s', r.version,
                      coalesce(v.rows, 0), coalesce(v.versions, 0), coalesce(v.first::text, 'none'), coalesce(v.last::text, 'none'))
        FROM   rsvps r
        LEFT   JOIN versions v USING (rsvp_id)
        WHERE  (v.rows, v.versions, v.first, v.last) IS DISTINCT FROM (r.version, r.version, 1::bigint, r.version)

        UNION  ALL
        SELECT d.activity_id, d.rsvp_id, format('log row %s (%s) tells of an RSVP that does not exist', d.seq, d.action)
        FROM   decided d
        LEFT   JOIN rsvps r USING (rsvp_id)
        WHERE  r.rsvp_id IS NULL

        UNION  ALL
        SELECT r.activity_id, r.rsvp_id,
               format('it is %s with %s people, but its last log row %s says %s with %s', r.status, r.total_spots, d.seq, d.new_status, d.spots)
        FROM   rsvps r
        JOIN   decided d ON d.rsvp_id = r.rsvp_id AND d.rsvp_version = r.version
        WHERE  (d.new_status, d.spots, d.user_id, d.activity_id) IS DISTINCT FROM (r.status, r.total_spots, r.user_id, r.activity_id)

        UNION  ALL
        SELECT activity_id, rsvp_id,
               format('log row %s (version %s) says it was %s, but the version before it left it %s in log row %s', seq, rsvp_version,
                      coalesce(previous_status, 'new'), coalesce(was, 'new'), coalesce(was_seq::text, 'none'))
        FROM   steps
        WHERE  previous_status IS DISTINCT FROM was OR was_seq > seq

        UNION  ALL
        SELECT activity_id, rsvp_id,
               format('log row %s is a refusal (%s), but changes %s seats and leaves %s as %s', seq, code, spots_affected,
                      coalesce(previous_status, 'nothing'), coalesce(new_status, 'nothing'))
        FROM   rsvp_analytics
        WHERE  code IS NOT NULL AND (spots_affected <> 0 OR previous_status IS DISTINCT FROM new_status)

        UNION  ALL
        SELECT activity_id, NULL, format('the log has %s rows from %s to %s, but log_seq is %s', rows, first, last, log_seq)
        FROM  (SELECT a.activity_id, a.log_seq, count(l.seq) AS rows, coalesce(min(l.seq), 1) AS first, coalesce(max(l.seq), 0) AS last
               FROM   activities a
               LEFT   JOIN rsvp_analytics l USING (activity_id)
               GROUP  BY a.activity_id, a.log_seq) AS log
        WHERE  first <> 1 OR last <> rows OR last <> log_seq

        UNION  ALL
        SELECT coalesce(l.activity_id, n.activity_id), coalesce(l.rsvp_id, n.rsvp_id),
               CASE WHEN n.log_id IS NULL THEN format('nobody is told of log row %s (%s)', l.seq, l.action)
                    WHEN l.log_id IS NULL THEN format('a notification (%s) tells of no log row: %s', n.kind, n.log_id)
                    ELSE format('the notification %s (%s) to user %s does not belong to log row %s (%s) of user %s',
                                n.log_id, n.kind, n.user_id, l.seq, l.action, l.user_id)
               END
        FROM   rsvp_analytics l
        FULL   JOIN notifications n USING (log_id)
        WHERE  (coalesce(l.code IS NULL AND l.rsvp_id IS NOT NULL AND l.action IN ({HeardActions}), false) <> (n.log_id IS NOT NULL)
                AND (n.log_id IS NOT NULL OR l.at > now() - interval '399 days'))
           OR  (n.log_id IS NOT NULL AND (n.user_id, n.activity_id, n.rsvp_id, n.kind) IS DISTINCT FROM (l.user_id, l.activity_id, l.rsvp_id, l.action))
        """;

    public static Invariant Invariant { get; } =
        new SqlInvariant("I6", "one log row per version, one notification per row to be heard", RowsSql, ViolationsSql);
}
