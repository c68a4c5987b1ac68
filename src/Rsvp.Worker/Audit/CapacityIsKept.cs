namespace Rsvp.Worker.Audit;

/// <summary>I1, by the RSVPs themselves and by the counters.</summary>
internal static class CapacityIsKept
{
    private const string RowsSql = "SELECT (SELECT count(*) FROM activities) + (SELECT count(*) FROM rsvps)";

    private const string ViolationsSql =
        """
        WITH recount AS (
            SELECT activity_id,
                   sum(total_spots) FILTER (WHERE status IN ('confirmed', 'offered')) AS taken,
                   sum(override_spots) AS overridden
            FROM   rsvps
            GROUP  BY activity_id
        )
        SELECT a.activity_id, NULL::uuid,
               format('%s seats are taken by RSVPs, but capacity is %s and overrides are %s', r.taken, a.capacity, r.overridden)
        FROM   activities a
        JOIN   recount r USING (activity_id)
        WHERE  r.taken > a.capacity + r.overridden
        UNION  ALL
        SELECT activity_id, NULL,
               format('the counters say %s confirmed and %s offered, but capacity is %s and overrides are %s',
                      confirmed_participants, offered_participants, capacity, overridden_participants)
        FROM   activities
        WHERE  confirmed_participants + offered_participants > capacity + overridden_participants
        """;

    public static Invariant Invariant { get; } =
        new SqlInvariant("I1", "seats taken never exceed capacity and recorded overrides", RowsSql, ViolationsSql);
}
