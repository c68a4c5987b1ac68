using System.Collections.Concurrent;
using Npgsql;
using Rsvp.Hosting.FailPoints;

namespace Rsvp.Notifier.Notifications;

/// <summary>Sends what is due on one channel, a bounded number at once. At least once: what was sent and not recorded is sent again, under the same id.</summary>
#pragma warning disable CA1001 // The semaphore holds nothing to dispose of until somebody asks for its wait handle.
internal sealed partial class DeliveryLoop(
#pragma warning restore CA1001
    INotificationChannel channel, DeliveryStore store, NotificationsOptions options, TimeProvider timeProvider, DeliveryMetrics metrics, ILogger<DeliveryLoop> logger)
{
    /// <summary>Logged once when a channel begins to be away.</summary>
    internal const int AwayEventId = 5511;

    private static readonly TimeSpan PauseMin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RecordRetryInterval = TimeSpan.FromSeconds(1);

    // Attempts that are under way when the notifier stops may end for so long.
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<Task, Delivery> _underWay = new();
    private readonly ChannelPause _pause = new(PauseMin, options.PauseMax, timeProvider);
    private readonly SemaphoreSlim _wake = new(0);

    public void Wake()
    {
        if (_wake.CurrentCount == 0)
        {
            _wake.Release();
        }
    }

    /// <summary>Runs until the notifier stops.</summary>
    public async Task RunAsync(CancellationToken stoppingToken)
    {
        using var ending = new CancellationTokenSource();
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                var wanted = _pause.Allows(channel.ConcurrencyMax, _underWay.Count);
                var taken = wanted > 0 ? await TakeAsync(wanted, stoppingToken) : [];
                foreach (var delivery in taken)
                {
                    Start(delivery, ending.Token);
                }

                if (taken.Count == 0)
                {
                    await _wake.WaitAsync(options.PollInterval, stoppingToken);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The notifier stops.
        }

        ending.CancelAfter(StopGrace);
        await Task.WhenAll(_underWay.Keys);
    }

    private async Task<IReadOnlyList<Delivery>> TakeAsync(int max, CancellationToken cancellationToken)
    {
        try
        {
            return await store.TakeAsync(channel.Name, channel.PerTargetMax, channel.HoldsUp, max, cancellationToken);
        }
        catch (NpgsqlException error)
        {
            LogNotTaken(channel.Name, error.Message);
            return [];
        }
    }

    private void Start(Delivery delivery, CancellationToken ending)
    {
        var attempt = Task.Run(() => AttemptAsync(delivery, ending), CancellationToken.None);
        _underWay[attempt] = delivery;
        attempt.ContinueWith(
            done =>
            {
                _underWay.TryRemove(done, out _);
                Wake();
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    private async Task AttemptAsync(Delivery delivery, CancellationToken ending)
    {
        var taken = timeProvider.GetTimestamp();
        try
        {
            var result = await SendAsync(delivery, ending);
            FailPoint.Hit("after_send");
            var next = Judge(delivery, result);
            await RecordAsync(delivery, result, next, taken, ending);
            metrics.Attempted(channel.Name, next.Name, delivery.Age);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // Neither sent for sure nor recorded: it comes again after the lease.
        }
        catch (NpgsqlException error)
        {
            LogNotRecorded(channel.Name, delivery.NotificationId, error.Message);
        }
    }

    private async Task<SendResult> SendAsync(Delivery delivery, CancellationToken ending)
    {
        try
        {
            return await channel.SendAsync(delivery, ending);
        }
#pragma warning disable CA1031 // A defect that one delivery meets must not end the others, nor be met without end.
        catch (Exception error) when (!ending.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogDefect(error, channel.Name, delivery.NotificationId);
            return SendResult.Retry("defect");
        }
    }

    private NextStep Judge(Delivery delivery, SendResult result)
    {
        if (result.State == SendState.Away)
        {
            if (_pause.Begin())
            {
                LogAway(channel.Name, result.Error, result.Status);
            }
        }
        else if (_pause.End())
        {
            LogBack(channel.Name);
        }

        if (result.State == SendState.Sent)
        {
            return new NextStep("sent", "sent", TimeSpan.Zero);
        }

        if (result.State == SendState.Failed || channel.NextDelay(delivery) is not { } delay)
        {
            LogFailed(channel.Name, delivery.NotificationId, delivery.Attempts, result.Error, result.Status);
            return new NextStep("failed", "failed", TimeSpan.Zero);
        }

        // What a dead server holds up is not each delivery's fault: it goes out with the others when the server is back.
        return new NextStep("pending", "retried", result.State == SendState.Away ? _pause.Length : Later(delay, result.RetryAfter));
    }

    // A tenth at random, so that what failed together does not come back together.
    private static TimeSpan Later(TimeSpan delay, TimeSpan? asked)
    {
        var least = asked > delay ? asked.Value : delay;
        return least * (1 + (Random.Shared.NextDouble() / 10));
    }

    // For as long as the delivery is ours: a database that restarts meanwhile must not make people hear twice.
    private async Task RecordAsync(Delivery delivery, SendResult result, NextStep next, long taken, CancellationToken ending)
    {
        while (true)
        {
            try
            {
                await store.RecordAsync(channel.Name, delivery, next.State, result, next.Delay, ending);
                return;
            }
            catch (NpgsqlException error) when (timeProvider.GetElapsedTime(taken) < DeliveryStore.Lease)
            {
                LogNotRecorded(channel.Name, delivery.NotificationId, error.Message);
            }

            await Task.Delay(RecordRetryInterval, timeProvider, ending);
        }
    }

    /// <param name="State">In the table.</param>
    /// <param name="Name">In the metrics.</param>
    /// <param name="Delay">Until the next attempt.</param>
    private readonly record struct NextStep(string State, string Name, TimeSpan Delay);

    [LoggerMessage(AwayEventId, LogLevel.Warning, "The channel {Channel} is away: {Error} {Status}; its deliveries wait")]
    private partial void LogAway(string channel, string? error, int? status);

    [LoggerMessage(5512, LogLevel.Information, "The channel {Channel} is back")]
    private partial void LogBack(string channel);

    [LoggerMessage(5513, LogLevel.Warning, "Notification {NotificationId} is given up on {Channel} after {Attempts} attempts: {Error} {Status}")]
    private partial void LogFailed(string channel, Guid notificationId, int attempts, string? error, int? status);

    [LoggerMessage(5514, LogLevel.Warning, "Due deliveries of {Channel} could not be read: {Reason}")]
    private partial void LogNotTaken(string channel, string reason);

    [LoggerMessage(5515, LogLevel.Warning, "An attempt at notification {NotificationId} on {Channel} could not be recorded yet: {Reason}")]
    private partial void LogNotRecorded(string channel, Guid notificationId, string reason);

    [LoggerMessage(5516, LogLevel.Error, "An attempt at notification {NotificationId} on {Channel} ended with a defect")]
    private partial void LogDefect(Exception error, string channel, Guid notificationId);
}
