namespace Rsvp.Worker.Audit;

/// <summary>I7: every accepted request has one outcome that is about it; nothing that a person asked for took effect without one.</summary>
internal static class RequestsHaveOutcomes
{
    private const string RowsSql = "SELECT (SELECT count(*) FROM rsvp_requests) + cardinality(@journal)";

    // Outcomes are kept for 30 days; the log is kept.
    private const string ViolationsSql =
        """
        SELECT q.activity_id, NULL::uuid,
               format('request %s (%s, %s %s, of user %s) has an outcome that says: request %s, %s, code %s, user %s, activity %s, RSVP of activity %s',
                      q.request_id, q.command, q.status, coalesce(q.code, 'without code'), q.user_id, coalesce(o."requestId", 'none'),
                      coalesce(o.command, 'no command'), coalesce(o.problem ->> 'code', 'none'), coalesce(o."userId", 'none'),
                      coalesce(o."activityId", 'none'), coalesce(o.rsvp ->> 'activityId', 'none'))
        FROM   rsvp_requests q
        CROSS  JOIN LATERAL json_to_record(CASE json_typeof(q.outcome) WHEN 'object' THEN q.outcome ELSE '{}' END)
                   AS o ("requestId" text, "userId" text, "activityId" text, command text, problem json, rsvp json)
        WHERE  (o."requestId", o."userId", o."activityId", o.command, o.problem ->> 'code')
                   IS DISTINCT FROM (q.request_id::text, q.user_id::text, q.activity_id::text, q.command, q.code)
           OR  (q.status = 'rejected') IS DISTINCT FROM (q.code IS NOT NULL)
           OR  o.rsvp ->> 'activityId' <> q.activity_id::text

        UNION  ALL
        SELECT NULL, NULL, format('key %s belongs to %s requests: %s', key_id, count(*), string_agg(request_id::text, ', '))
        FROM   rsvp_requests
        WHERE  key_id IS NOT NULL
        GROUP  BY key_id
        HAVING count(*) > 1

        UNION  ALL
        SELECT NULL, NULL, format('request %s has %s outcomes', request_id, count(*))
        FROM   rsvp_requests
        GROUP  BY request_id
        HAVING count(*) > 1

        UNION  ALL
        SELECT l.activity_id, l.rsvp_id, format('request %s took effect in log row %s (%s) without an outcome', l.request_id, l.seq, l.action)
        FROM   rsvp_analytics l
        LEFT   JOIN rsvp_requests q USING (request_id)
        WHERE  l.request_id IS NOT NULL AND l.actor <> 'system' AND l.at > now() - interval '29 days' AND q.request_id IS NULL

        UNION  ALL
        SELECT NULL, NULL, format('request %s was accepted, but has no outcome', journal.request_id)
        FROM   unnest(@journal) AS journal (request_id)
        LEFT   JOIN rsvp_requests q USING (request_id)
        WHERE  @quiescent AND q.request_id IS NULL
        """;

    public static Invariant Invariant { get; } =
        new SqlInvariant("I7", "every accepted request ends in exactly one outcome", RowsSql, ViolationsSql);
}
