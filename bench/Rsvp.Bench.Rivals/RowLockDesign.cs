using Npgsql;

namespace Rsvp.Bench.Rivals;

/// <summary>
/// The textbook: a transaction per request that locks the activity's row, and writes in one batch. The lock is held over the way back of the first
/// round trip, that of the batch, and the commit. An RSVP that exists already breaks the constraint, and with it the transaction.
/// </summary>
internal sealed class RowLockDesign(Pool pool, TimeProvider time) : ISubmitDesign
{
    private const string LockSql =
        """
        SELECT capacity, confirmed_participants, offered_participants, waitlisted_places, next_line_key, log_seq, max_party_size,
               cancelled_at IS NULL AND now() >= coalesce(registration_opens_at, '-infinity') AND now() < coalesce(registration_closes_at, starts_at)
        FROM   activities
        WHERE  activity_id = $1
        FOR    UPDATE
        """;

    private const string InsertUserSql = "INSERT INTO users (user_id) VALUES ($1) ON CONFLICT DO NOTHING";

    private const string UpdateSql =
        """
        UPDATE activities
        SET    confirmed_participants = confirmed_participants + $2, waitlisted_participants = waitlisted_participants + $3,
               waitlisted_places = waitlisted_places + $4, next_line_key = $5, log_seq = $6, version = version + 1
        WHERE  activity_id = $1
        """;

    public async Task<Decided?> SubmitAsync(Asking asking, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await pool.OpenAsync(cancellationToken);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
        Seats? seats = await LockAsync(connection, asking.ActivityId, cancellationToken);
        if (seats is null || !seats.IsOpen || asking.PartySize > seats.PartyMax) return null;

        bool waits = seats.Places > 0 || asking.PartySize > seats.Free;
        string rule = !waits ? "seat_free" : seats.Places > 0 ? "line_ahead" : "no_room";
        DateTimeOffset now = time.GetUtcNow();
        var row = new NewRsvp(Guid.CreateVersion7(now), asking, waits ? seats.NextLineKey : null, seats.LogSeq + 1, seats.Free, rule, now.UtcDateTime);
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.Add(InsertUserSql, asking.UserId);
        batch.Add(
            UpdateSql, asking.ActivityId, waits ? 0 : asking.PartySize, waits ? asking.PartySize : 0, waits ? 1 : 0,
            seats.NextLineKey + (waits ? NewRsvp.LineStep : 0), row.Seq);
        row.AddTo(batch);
        try
        {
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return null;
        }

        await transaction.CommitAsync(cancellationToken);
        return new Decided(row.RsvpId, waits ? seats.Places + 1 : null, row.At);
    }

    private static async Task<Seats?> LockAsync(NpgsqlConnection connection, Guid activityId, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(LockSql, connection) { Parameters = { new() { Value = activityId } } };
        await using NpgsqlDataReader row = await command.ExecuteReaderAsync(cancellationToken);
        if (!await row.ReadAsync(cancellationToken)) return null;

        int? capacity = row.IsDBNull(0) ? null : row.GetInt32(0);
        int free = capacity is { } seats ? Math.Max(0, seats - row.GetInt32(1) - row.GetInt32(2)) : int.MaxValue;
        return new Seats(free, row.GetInt32(3), row.GetInt64(4), row.GetInt64(5), row.GetInt32(6), row.GetBoolean(7));
    }

    private sealed record Seats(int Free, int Places, long NextLineKey, long LogSeq, int PartyMax, bool IsOpen);
}
