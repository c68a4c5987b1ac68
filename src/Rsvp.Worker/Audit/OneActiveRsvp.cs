namespace Rsvp.Worker.Audit;

/// <summary>I3: one active RSVP per user and activity, which both exist, with what belongs to its status and nothing else.</summary>
internal static class OneActiveRsvp
{
    private const string RowsSql = "SELECT count(*) FROM rsvps";

    // The constraints of the schema, restated: an audit must not trust that they were there all the time.
    private const string ViolationsSql =
        """
        SELECT activity_id, NULL::uuid, format('user %s has %s RSVPs, %s of them active', user_id, count(*), count(*) FILTER (WHERE status <> 'cancelled'))
        FROM   rsvps
        GROUP  BY activity_id, user_id
        HAVING count(*) > 1
        UNION  ALL
        SELECT r.activity_id, r.rsvp_id, format('there is no user %s', r.user_id)
        FROM   rsvps r
        WHERE  (SELECT u.user_id FROM users u WHERE u.user_id = r.user_id) IS NULL
        UNION  ALL
        SELECT r.activity_id, r.rsvp_id, 'there is no activity of that id'
        FROM   rsvps r
        LEFT   JOIN activities a USING (activity_id)
        WHERE  a.activity_id IS NULL
        UNION  ALL
        SELECT r.activity_id, r.rsvp_id, format('%s, but %s', r.status, wrong.what)
        FROM   rsvps r
        CROSS  JOIN LATERAL (VALUES
            (r.status NOT IN ('confirmed', 'waitlisted', 'offered', 'cancelled'), 'there is no such status'),
            ((r.status = 'waitlisted') <> (r.line_key IS NOT NULL), format('its line_key is %s', coalesce(r.line_key::text, 'null'))),
            ((r.line_key IS NULL) <> (r.place_spots IS NULL) OR (r.line_key IS NULL) <> (r.line_seq IS NULL),
             format('line_key, line_seq and place_spots are %s, %s and %s',
                    coalesce(r.line_key::text, 'null'), coalesce(r.line_seq::text, 'null'), coalesce(r.place_spots::text, 'null'))),
            ((r.status = 'offered') <> (r.offer_expires_at IS NOT NULL), format('its offer expires at %s', coalesce(r.offer_expires_at::text, 'null'))),
            (r.checked_in_at IS NOT NULL AND r.status <> 'confirmed', format('it was checked in at %s', r.checked_in_at)),
            (r.override_spots <> 0 AND (r.status NOT IN ('confirmed', 'offered') OR r.override_spots NOT BETWEEN 0 AND r.total_spots),
             format('%s of its %s seats are overridden', r.override_spots, r.total_spots)),
            (r.place_id <> r.rsvp_id AND r.place_id IS DISTINCT FROM r.group_id,
             format('its place %s is neither its own nor that of group %s', r.place_id, coalesce(r.group_id::text, 'null')))
        ) AS wrong (is_so, what)
        WHERE  wrong.is_so
        """;

    public static Invariant Invariant { get; } =
        new SqlInvariant("I3", "one active RSVP per user and activity, in one status", RowsSql, ViolationsSql);
}
