using Npgsql;

namespace Rsvp.Bench.Rivals;

/// <summary>
/// The best synchronous design we can write: one statement per request, prepared, in a transaction of its own. The activity's row is locked from its
/// update to the end of the commit, and nobody crosses the network meanwhile: statements share connections, so that the next one is at the server already.
/// </summary>
internal sealed class GuardedStatementDesign(Pool pool, TimeProvider time) : ISubmitDesign
{
    // Whoever is in line after the update got in line by it, because nobody is confirmed while anybody waits: so the counters alone say what was
    // decided. An RSVP that exists already breaks the constraint, and with it all of this.
    private const string SubmitSql =
        """
        WITH activity AS (
            UPDATE activities
            SET    confirmed_participants = confirmed_participants
                       + CASE WHEN waitlisted_places = 0 AND confirmed_participants + offered_participants + $4 <= coalesce(capacity, 2147483647 - $4) THEN $4 ELSE 0 END,
                   waitlisted_participants = waitlisted_participants
                       + CASE WHEN waitlisted_places = 0 AND confirmed_participants + offered_participants + $4 <= coalesce(capacity, 2147483647 - $4) THEN 0 ELSE $4 END,
                   waitlisted_places = waitlisted_places
                       + CASE WHEN waitlisted_places = 0 AND confirmed_participants + offered_participants + $4 <= coalesce(capacity, 2147483647 - $4) THEN 0 ELSE 1 END,
                   next_line_key = next_line_key
                       + CASE WHEN waitlisted_places = 0 AND confirmed_participants + offered_participants + $4 <= coalesce(capacity, 2147483647 - $4) THEN 0 ELSE $5::bigint END,
                   log_seq = log_seq + 1, version = version + 1
            WHERE  activity_id = $1 AND $4 <= max_party_size AND cancelled_at IS NULL
              AND  now() >= coalesce(registration_opens_at, '-infinity') AND now() < coalesce(registration_closes_at, starts_at)
            RETURNING log_seq AS seq, waitlisted_places AS places, next_line_key - $5 AS line_key,
                      CASE WHEN waitlisted_places = 0 THEN 'confirmed' ELSE 'waitlisted' END AS status,
                      CASE WHEN capacity IS NULL THEN NULL
                           ELSE greatest(0, capacity - confirmed_participants - offered_participants + CASE WHEN waitlisted_places = 0 THEN $4 ELSE 0 END) END AS free
        ), person AS (
            INSERT INTO users (user_id) SELECT $2 FROM activity ON CONFLICT DO NOTHING
        ), rsvp AS (
            INSERT INTO rsvps (rsvp_id, activity_id, user_id, status, guest_count, place_id, place_spots, line_key, line_seq, version, created_at, updated_at)
            SELECT $3, $1, $2, status, $4 - 1, $3, CASE WHEN places > 0 THEN $4 END, CASE WHEN places > 0 THEN line_key END,
                   CASE WHEN places > 0 THEN seq END, 1, $7, $7
            FROM   activity
        ), log AS (
            INSERT INTO rsvp_analytics (
                log_id, activity_id, seq, rsvp_id, user_id, action, new_status, rsvp_version, spots, spots_affected, free_before, rule, actor, actor_id,
                line_key, place_id, at)
            SELECT $6, $1, seq, $3, $2, status, status, 1, $4, CASE WHEN places = 0 THEN $4 ELSE 0 END, free,
                   CASE places WHEN 0 THEN 'seat_free' WHEN 1 THEN 'no_room' ELSE 'line_ahead' END, 'self', $2,
                   CASE WHEN places > 0 THEN line_key END, $3, $7
            FROM   activity
        ), notification AS (
            INSERT INTO notifications (log_id, user_id, activity_id, rsvp_id, kind, created_at)
            SELECT $6, $2, $1, $3, status, $7 FROM activity
        )
        SELECT places FROM activity
        """;

    public async Task<Decided?> SubmitAsync(Asking asking, CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        var rsvpId = Guid.CreateVersion7(now);
        await using NpgsqlCommand command = pool.CreateCommand(SubmitSql);
        foreach (object value in (object[])[asking.ActivityId, asking.UserId, rsvpId, asking.PartySize, NewRsvp.LineStep, Guid.CreateVersion7(now), now.UtcDateTime])
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        try
        {
            return await command.ExecuteScalarAsync(cancellationToken) is int places ? new Decided(rsvpId, places == 0 ? null : places, now.UtcDateTime) : null;
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return null;
        }
    }
}
