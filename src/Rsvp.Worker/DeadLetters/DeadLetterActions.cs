using Npgsql;

namespace Rsvp.Worker.DeadLetters;

/// <summary>Who acts, and why.</summary>
/// <param name="By">A person's name or account.</param>
/// <param name="Reason">1 to 500 characters.</param>
internal sealed record Responsibility(string By, string Reason);

/// <summary>What was done with a dead letter.</summary>
/// <param name="Action"><c>replay</c> or <c>drop</c>.</param>
/// <param name="StartedAt">When, by the database's clock.</param>
/// <param name="IsFinished">False: it was interrupted, or is under way.</param>
/// <param name="Responsibility">Who and why.</param>
internal sealed record PastAction(string Action, DateTimeOffset StartedAt, bool IsFinished, Responsibility Responsibility);

/// <summary>The record of what was done with dead letters, and the lock under which it is done.</summary>
/// <param name="dataSource">The database, as a role that may write the records.</param>
internal sealed class DeadLetterActions(NpgsqlDataSource dataSource)
{
    // A worker that counts has the lock for milliseconds, somebody else at work for seconds.
    private const string LockSql = "SET LOCAL lock_timeout = '10s'; SELECT FROM dead_letter_watch FOR UPDATE";

    /// <summary>Locks until disposed of: while somebody holds dead letters, nobody else finds them, and nobody can count them.</summary>
    /// <exception cref="PostgresException">55P03: somebody else is at work.</exception>
    public async Task<IAsyncDisposable> LockAsync(CancellationToken cancellationToken)
    {
        // In a transaction of its own; the records are written beside it, so that they stay whatever happens.
        var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        try
        {
            await connection.BeginTransactionAsync(cancellationToken);
            await using var command = new NpgsqlCommand(LockSql, connection);
            await command.ExecuteNonQueryAsync(cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Says what is about to be done; committed before it is.</summary>
    /// <returns>The record's id.</returns>
    public async Task<Guid> BeginAsync(string action, DeadLetter letter, Responsibility who, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            INSERT INTO dead_letter_actions (
                action_id, action, done_by, reason, letter_id, message_type, origin, cause, died_at, body_bytes, body_sha256, request_ids)
            VALUES (gen_random_uuid(), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            RETURNING action_id
            """);
        command.Parameters.AddWithValue(action);
        command.Parameters.AddWithValue(who.By);
        command.Parameters.AddWithValue(who.Reason);
        command.Parameters.AddWithValue(Storable(letter.Id));
        command.Parameters.AddWithValue(Storable(letter.MessageType));
        command.Parameters.AddWithValue(Storable(letter.Origin ?? "unknown"));
        command.Parameters.AddWithValue(Storable(letter.Cause));
        command.Parameters.AddWithValue((object?)letter.DiedAt?.ToUniversalTime() ?? DBNull.Value);
        command.Parameters.AddWithValue(letter.Body.Length);
        command.Parameters.AddWithValue(DeadLetterReading.Digest(letter.Body));
        command.Parameters.AddWithValue(letter.Asked.Select(one => one.RequestId).ToArray());
        return (Guid)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Says that it was done.</summary>
    public async Task FinishAsync(Guid actionId, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("UPDATE dead_letter_actions SET finished_at = now() WHERE action_id = $1");
        command.Parameters.AddWithValue(actionId);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>What was done with a letter before, oldest first.</summary>
    public async Task<IReadOnlyList<PastAction>> ReadAsync(string letterId, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            SELECT action, started_at, finished_at IS NOT NULL, done_by, reason
            FROM   dead_letter_actions
            WHERE  letter_id = $1
            ORDER  BY started_at
            """);
        command.Parameters.AddWithValue(Storable(letterId));
        var past = new List<PastAction>();
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            past.Add(new PastAction(
                row.GetString(0), row.GetFieldValue<DateTimeOffset>(1), row.GetBoolean(2), new Responsibility(row.GetString(3), row.GetString(4))));
        }

        return past;
    }

    /// <summary>Which of the requests have no outcome yet.</summary>
    public async Task<IReadOnlyList<Guid>> WithoutOutcomeAsync(IReadOnlyCollection<Guid> requestIds, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            SELECT coalesce(array_agg(asked.request_id), '{}')
            FROM   unnest($1) AS asked (request_id)
            WHERE  NOT EXISTS (SELECT FROM rsvp_requests q WHERE q.request_id = asked.request_id)
            """);
        command.Parameters.AddWithValue(requestIds.ToArray());
        return (Guid[])(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    // A text of the database holds no NUL and no lone surrogate, and what is dead may hold anything.
    private static string Storable(string text) =>
        System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text.Length > 2_000 ? text[..2_000] : text)).Replace('\0', '\uFFFD');
}
