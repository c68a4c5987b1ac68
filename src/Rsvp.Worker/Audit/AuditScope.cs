namespace Rsvp.Worker.Audit;

/// <summary>Narrows the tables that the invariants read to some activities: a name in front of a query hides the table of that name from all of it.</summary>
/// <remarks>
/// Notifications and requests are those that the activities' logs speak of, because nothing finds the others by their activity. They are looked up one
/// by one, whatever the planner thinks of their number: right after a rush it does not know yet how many they are. What only an audit of everything finds: a
/// notification that belongs to no log row, and what is wrong with a request that left no log row.
/// </remarks>
internal static class AuditScope
{
    /// <summary>Goes before <c>SELECT</c>. Parameter: <c>@activities</c>.</summary>
    public const string With =
        """
        WITH activities AS NOT MATERIALIZED (
            SELECT * FROM public.activities WHERE activity_id = ANY(@activities)
        ), rsvps AS NOT MATERIALIZED (
            SELECT * FROM public.rsvps WHERE activity_id = ANY(@activities)
        ), rsvp_analytics AS NOT MATERIALIZED (
            SELECT * FROM public.rsvp_analytics WHERE activity_id = ANY(@activities)
        ), notifications AS NOT MATERIALIZED (
            SELECT n.*
            FROM   public.rsvp_analytics l
            CROSS  JOIN LATERAL (SELECT * FROM public.notifications WHERE log_id = l.log_id OFFSET 0) AS n
            WHERE  l.activity_id = ANY(@activities)
        ), rsvp_requests AS NOT MATERIALIZED (
            SELECT q.*
            FROM   (SELECT DISTINCT request_id FROM public.rsvp_analytics WHERE activity_id = ANY(@activities)) AS l
            CROSS  JOIN LATERAL (SELECT * FROM public.rsvp_requests WHERE request_id = l.request_id OFFSET 0) AS q
        )

        """;
}
