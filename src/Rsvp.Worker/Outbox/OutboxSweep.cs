using System.Text.Json;
using Npgsql;
using Quartz;
using Rsvp.Worker.Partitions;

namespace Rsvp.Worker.Outbox;

/// <summary>Sends again what a crash left in the outbox; one worker at a time.</summary>
[DisallowConcurrentExecution]
internal sealed partial class OutboxSweep(NpgsqlDataSource dataSource, OutboxDispatcher dispatcher, ILogger<OutboxSweep> logger) : IJob
{
    private const int BatchMax = 200;

    private static readonly string[] Kinds = [.. OutboxMessage.Kinds, .. ClaimReading.Kinds];

    // Any number that nothing else locks.
    internal const long LockKey = 7_295_183_001;

    /// <summary>How often it looks.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        if (await SweepAsync(cancellationToken) is > 0 and int count)
        {
            LogSwept(count);
        }
    }

    /// <summary>One sweep: rows older than two seconds, which the dispatcher of a living worker has sent long ago.</summary>
    /// <returns>How many were sent; null when another worker sweeps.</returns>
    public async Task<int?> SweepAsync(CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var lockCommand = new NpgsqlCommand("SELECT pg_try_advisory_xact_lock($1)", connection, transaction);
        lockCommand.Parameters.AddWithValue(LockKey);
        if (await lockCommand.ExecuteScalarAsync(cancellationToken) is not true)
        {
            return null;
        }

        var messages = await ReadAsync(connection, transaction, cancellationToken);
        return messages.Count == 0 ? 0 : await dispatcher.DeliverAsync(messages, cancellationToken);
    }

    private async Task<List<OutboxMessage>> ReadAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        // What only another build can read is left to it, and does not stand in the way.
        await using var command = new NpgsqlCommand(
            """
            SELECT outbox_id, kind, payload
            FROM   outbox
            WHERE  created_at < now() - interval '2 seconds' AND kind = ANY ($2)
            ORDER  BY created_at
            LIMIT  $1
            """,
            connection,
            transaction);
        command.Parameters.AddWithValue(BatchMax);
        command.Parameters.AddWithValue(Kinds);
        var rows = new List<(Guid Id, string Kind, string Payload)>();
        await using (var row = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await row.ReadAsync(cancellationToken))
            {
                rows.Add((row.GetGuid(0), row.GetString(1), row.GetString(2)));
            }
        }

        // One by one, and beside the transaction that holds the lock: a row that cannot be read keeps no other.
        var messages = new List<OutboxMessage>();
        await using var reading = await dataSource.OpenConnectionAsync(cancellationToken);
        foreach (var (id, kind, payload) in rows)
        {
            try
            {
                if (OutboxMessage.FromRow(id, kind, payload) is { } held)
                {
                    messages.Add(held);
                }
                else if (await ClaimReading.ReadAsync(reading, kind, payload, cancellationToken) is { } read)
                {
                    messages.Add(new OutboxMessage(id, read));
                }
            }
            catch (Exception error) when (SqlErrors.Classify(error) is SqlError.Permanent || error is JsonException)
            {
                LogUnreadable(error, kind, id);
            }
        }

        return messages;
    }

    [LoggerMessage(3412, LogLevel.Error, "A row of the outbox, {Kind} {MessageId}, cannot be read")]
    private partial void LogUnreadable(Exception error, string kind, Guid messageId);

    [LoggerMessage(3411, LogLevel.Information, "Sent {Count} messages that were left in the outbox")]
    private partial void LogSwept(int count);
}
