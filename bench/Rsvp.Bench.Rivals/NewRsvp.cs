using Npgsql;

namespace Rsvp.Bench.Rivals;

/// <summary>A new RSVP with the row of the decision log and the notification that belong to it.</summary>
internal sealed record NewRsvp(Guid RsvpId, Asking Asking, long? LineKey, long Seq, int FreeBefore, string Rule, DateTime At)
{
    /// <summary>From one place in line to the next.</summary>
    internal const long LineStep = 1L << 32;

    private const string InsertRsvpSql =
        """
        INSERT INTO rsvps (rsvp_id, activity_id, user_id, status, guest_count, place_id, place_spots, line_key, line_seq, version, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $1, $6::integer, $7::bigint, $8::bigint, 1, $9, $9)
        """;

    private const string InsertLogSql =
        """
        INSERT INTO rsvp_analytics (
            log_id, activity_id, seq, rsvp_id, user_id, action, new_status, rsvp_version, spots, spots_affected, free_before, rule, actor, actor_id,
            line_key, place_id, at)
        VALUES ($1, $2, $3, $4, $5, $6, $6, 1, $7, $8, $9, $10, 'self', $5, $11::bigint, $4, $12)
        """;

    private const string InsertNotificationSql =
        "INSERT INTO notifications (log_id, user_id, activity_id, rsvp_id, kind, created_at) VALUES ($1, $2, $3, $4, $5, $6)";

    internal void AddTo(NpgsqlBatch batch)
    {
        string status = LineKey is null ? "confirmed" : "waitlisted";
        var logId = Guid.CreateVersion7(new DateTimeOffset(At));
        batch.Add(
            InsertRsvpSql, RsvpId, Asking.ActivityId, Asking.UserId, status, Asking.GuestCount, LineKey is null ? null : Asking.PartySize, LineKey,
            LineKey is null ? null : Seq, At);
        batch.Add(
            InsertLogSql, logId, Asking.ActivityId, Seq, RsvpId, Asking.UserId, status, Asking.PartySize, LineKey is null ? Asking.PartySize : 0,
            FreeBefore, Rule, LineKey, At);
        batch.Add(InsertNotificationSql, logId, Asking.UserId, Asking.ActivityId, RsvpId, status, At);
    }
}
