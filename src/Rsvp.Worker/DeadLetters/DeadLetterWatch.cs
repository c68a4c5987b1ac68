using System.Diagnostics.Metrics;
using Npgsql;
using RabbitMQ.Client.Exceptions;
using Rsvp.Hosting.Database;
using Rsvp.Hosting.Messaging;
using Rsvp.Hosting.Telemetry;

namespace Rsvp.Worker.DeadLetters;

/// <summary>Says how many dead letters lie there, and that some came. One worker asks the broker for all; each tells the number.</summary>
internal sealed partial class DeadLetterWatch : BackgroundService
{
    /// <summary>The log event of dead letters that came.</summary>
    internal const int ArrivedEventId = 4001;

    // Skipped when another worker counts, or somebody has letters in hand, which the broker would not count.
    private const string TakeTurnSql = "SELECT messages FROM dead_letter_watch WHERE counted_at < now() - $1 FOR UPDATE SKIP LOCKED";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    // What is older says nothing about now, and is not shown. Long enough for somebody who has letters in hand, during which nobody counts.
    private static readonly TimeSpan FreshFor = TimeSpan.FromMinutes(1);

    private readonly BrokerAddress _broker;
    private readonly NpgsqlDataSource _dataSource;
    private readonly SchemaGate _schema;
    private readonly ILogger<DeadLetterWatch> _logger;
    private readonly LatestReading<IReadOnlyList<Measurement<long>>> _messages;

    public DeadLetterWatch(
        IConfiguration configuration, NpgsqlDataSource dataSource, SchemaGate schema, TimeProvider timeProvider, IMeterFactory meters, ILogger<DeadLetterWatch> logger)
    {
        _broker = BrokerAddress.Parse(configuration.GetConnectionString("RabbitMq") ?? throw new InvalidOperationException("ConnectionStrings:RabbitMq is missing."));
        _dataSource = dataSource;
        _schema = schema;
        _logger = logger;
        _messages = new LatestReading<IReadOnlyList<Measurement<long>>>(FreshFor, timeProvider);
        meters.Create("Rsvp").CreateObservableGauge(
            "rsvp.dead_letters",
            () => _messages.Value ?? [],
            "{message}",
            "Messages that could not be applied and wait for somebody; every worker tells the same number.");
    }

    /// <summary>Counts, unless it was done within <paramref name="age"/>.</summary>
    /// <returns>How many lie there.</returns>
    public async Task<long> CountAsync(TimeSpan age, CancellationToken cancellationToken)
    {
        await using var connection = await _dataSource.OpenConnectionAsync(cancellationToken);
        await using (var transaction = await connection.BeginTransactionAsync(cancellationToken))
        {
            await using var take = new NpgsqlCommand(TakeTurnSql, connection, transaction) { Parameters = { new() { Value = age } } };
            if (await take.ExecuteScalarAsync(cancellationToken) is long before)
            {
                await using var queue = await DeadLetterQueue.OpenAsync(_broker, cancellationToken);
                var now = await queue.CountAsync(cancellationToken);
                await using var keep = new NpgsqlCommand("UPDATE dead_letter_watch SET messages = $1, counted_at = now()", connection, transaction)
                {
                    Parameters = { new() { Value = now } },
                };
                await keep.ExecuteNonQueryAsync(cancellationToken);
                await transaction.CommitAsync(cancellationToken);
                if (now > before)
                {
                    LogArrived(now - before, now);
                }
            }
        }

        // The other that counts may have been waiting for the broker for long.
        await using var read = new NpgsqlCommand("SELECT messages, counted_at > now() - $1 FROM dead_letter_watch", connection) { Parameters = { new() { Value = FreshFor } } };
        await using var row = await read.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        var messages = row.GetInt64(0);
        _messages.Value = row.GetBoolean(1) ? [new Measurement<long>(messages)] : null;
        return messages;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await _schema.WaitAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await CountAsync(Interval, stoppingToken);
            }
            catch (Exception error) when (error is NpgsqlException or BrokerUnreachableException or RabbitMQClientException or IOException)
            {
                LogNotCounted(error.Message);
            }

            await Task.Delay(Interval, stoppingToken);
        }
    }

    [LoggerMessage(ArrivedEventId, LogLevel.Error, "{Arrived} messages could not be applied and came to the dead letters, which are {Messages} now: ./rsvp dead list says which, and why")]
    private partial void LogArrived(long arrived, long messages);

    [LoggerMessage(4002, LogLevel.Warning, "The dead letters could not be counted: {Reason}")]
    private partial void LogNotCounted(string reason);
}
