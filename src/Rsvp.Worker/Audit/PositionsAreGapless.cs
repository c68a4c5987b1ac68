namespace Rsvp.Worker.Audit;

/// <summary>I5: positions are ranks, so they are 1..n exactly when every place has a key of its own, shared by its parties.</summary>
internal static class PositionsAreGapless
{
    private const string RowsSql = "SELECT count(*) FROM rsvps WHERE status = 'waitlisted'";

    private const string ViolationsSql =
        """
        WITH waiting AS (
            SELECT activity_id, rsvp_id, place_id, line_key, line_seq FROM rsvps WHERE status = 'waitlisted'
        )
        SELECT activity_id, NULL::uuid, format('places %s share line_key %s', string_agg(DISTINCT place_id::text, ', '), line_key)
        FROM   waiting
        GROUP  BY activity_id, line_key
        HAVING count(DISTINCT place_id) > 1
        UNION  ALL
        SELECT activity_id, NULL,
               format('the parties of place %s stand at line_keys %s, since log rows %s',
                      place_id, string_agg(DISTINCT line_key::text, ', '), string_agg(DISTINCT line_seq::text, ', '))
        FROM   waiting
        GROUP  BY activity_id, place_id
        HAVING count(DISTINCT line_key) > 1 OR count(DISTINCT line_seq) > 1
        UNION  ALL
        SELECT a.activity_id, NULL, format('the next newcomer gets line_key %s, but somebody waits at %s', a.next_line_key, max(w.line_key))
        FROM   activities a
        JOIN   waiting w USING (activity_id)
        GROUP  BY a.activity_id, a.next_line_key
        HAVING max(w.line_key) >= a.next_line_key
        """;

    public static Invariant Invariant { get; } =
        new SqlInvariant("I5", "positions in line are 1..n without gap or repeat", RowsSql, ViolationsSql);
}
