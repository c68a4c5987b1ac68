using Npgsql;
using Rsvp.Hosting.Database;
using Rsvp.Worker.Partitions;

namespace Rsvp.Worker.Outbox;

/// <summary>Sends again what a crash left in the outbox; one worker at a time.</summary>
internal sealed partial class OutboxSweep(
    NpgsqlDataSource dataSource, OutboxDispatcher dispatcher, SchemaGate schema, TimeProvider timeProvider, ILogger<OutboxSweep> logger) : BackgroundService
{
    private const int BatchMax = 200;

    // Any number that nothing else locks.
    private const long LockKey = 7_295_183_001;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

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

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await schema.WaitAsync(stoppingToken);
        using var timer = new PeriodicTimer(Interval, timeProvider);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                if (await SweepAsync(stoppingToken) is > 0 and int count)
                {
                    LogSwept(count);
                }
            }
            catch (Exception error) when (SqlErrors.Classify(error) is not null)
            {
                LogFailed(error.Message);
            }
        }
    }

    private static async Task<List<OutboxMessage>> ReadAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT outbox_id, kind, payload
            FROM   outbox
            WHERE  created_at < now() - interval '2 seconds'
            ORDER  BY created_at
            LIMIT  $1
            """,
            connection,
            transaction);
        command.Parameters.AddWithValue(BatchMax);
        var messages = new List<OutboxMessage>();
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            if (OutboxMessage.FromRow(row.GetGuid(0), row.GetString(1), row.GetString(2)) is OutboxMessage message)
            {
                messages.Add(message);
            }
        }

        return messages;
    }

    [LoggerMessage(3411, LogLevel.Information, "Sent {Count} messages that were left in the outbox")]
    private partial void LogSwept(int count);

    [LoggerMessage(3412, LogLevel.Warning, "The outbox could not be swept: {Reason}")]
    private partial void LogFailed(string reason);
}
