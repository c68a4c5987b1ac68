using System.Diagnostics.Metrics;
using System.Threading.Channels;
using MassTransit;
using Npgsql;
using Rsvp.Hosting.FailPoints;
using Rsvp.Worker.Partitions;

namespace Rsvp.Worker.Outbox;

/// <summary>Publishes committed messages and deletes their rows once the broker has them. What it loses, the sweep finds.</summary>
internal sealed partial class OutboxDispatcher(
    IPublishBus bus, NpgsqlDataSource dataSource, IMeterFactory meters, TimeProvider timeProvider, ILogger<OutboxDispatcher> logger) : BackgroundService
{
    // What does not fit stays in the table for the sweep.
    private const int QueueMax = 10_000;
    private const int BatchMax = 200;

    // Confirms take milliseconds; past this the broker is away, and the sweep comes again later.
    private static readonly TimeSpan ConfirmTimeout = TimeSpan.FromSeconds(5);

    private readonly Channel<OutboxMessage> _queue =
        Channel.CreateBounded<OutboxMessage>(new BoundedChannelOptions(QueueMax) { SingleReader = true });

    private readonly Histogram<double> _confirmSeconds = meters.Create("Rsvp").CreateHistogram(
        "rsvp.outbox.confirm.duration",
        "s",
        "Time from publishing messages of the outbox to the broker's last confirm.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5] });

    /// <summary>Hands over committed messages; does not wait.</summary>
    public void Publish(IReadOnlyList<OutboxMessage> messages)
    {
        foreach (var message in messages)
        {
            _queue.Writer.TryWrite(message);
        }
    }

    /// <summary>Publishes and deletes now.</summary>
    /// <param name="messages">At most 200 or so.</param>
    /// <param name="cancellationToken">Ends it; nothing is lost.</param>
    /// <returns>How many the broker confirmed.</returns>
    public async Task<int> DeliverAsync(IReadOnlyList<OutboxMessage> messages, CancellationToken cancellationToken)
    {
        var startedAt = timeProvider.GetTimestamp();
        var confirmed = await Task.WhenAll(messages.Select(message => TryPublishAsync(message, cancellationToken)));
        _confirmSeconds.Record(timeProvider.GetElapsedTime(startedAt).TotalSeconds);
        Guid[] sent = [.. messages.Zip(confirmed).Where(pair => pair.Second).Select(pair => pair.First.Id)];
        FailPoint.Hit("after_publish");
        if (sent.Length > 0)
        {
            // Nobody waits for the disk: rows that a crash brings back are sent once more, as after any crash.
            await using var batch = dataSource.CreateBatch();
            Sql.Add(batch, "DELETE FROM outbox WHERE outbox_id = ANY($1)", sent);
            Sql.AddUnhurried(batch);
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }

        return sent.Length;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var batch = new List<OutboxMessage>(BatchMax);
        while (await _queue.Reader.WaitToReadAsync(stoppingToken))
        {
            batch.Clear();
            while (batch.Count < BatchMax && _queue.Reader.TryRead(out var message))
            {
                batch.Add(message);
            }

            try
            {
                await DeliverAsync(batch, stoppingToken);
            }
            catch (Exception error) when (SqlErrors.Classify(error) is not null)
            {
                LogNotDeleted(batch.Count, error.Message);
            }
        }
    }

    private async Task<bool> TryPublishAsync(OutboxMessage message, CancellationToken cancellationToken)
    {
        try
        {
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            timeout.CancelAfter(ConfirmTimeout);
            await bus.Publish(message.Message, message.Message.GetType(), Identify, timeout.Token).WaitAsync(timeout.Token);
            return true;
        }
#pragma warning disable CA1031 // Whatever the reason, the row stays and the sweep sends it again.
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogNotPublished(message.Kind, error.Message);
            return false;
        }

        // The row's id is the message's, so that consumers can tell a repeat.
        void Identify(PublishContext context) => context.MessageId = message.Id;
    }

    [LoggerMessage(3401, LogLevel.Warning, "{Kind} was not published: {Reason}")]
    private partial void LogNotPublished(string kind, string reason);

    [LoggerMessage(3402, LogLevel.Warning, "{Count} published messages were not deleted: {Reason}")]
    private partial void LogNotDeleted(int count, string reason);
}
