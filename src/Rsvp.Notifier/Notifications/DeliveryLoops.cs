using Microsoft.Extensions.Options;
using Npgsql;
using Rsvp.Hosting.Database;

namespace Rsvp.Notifier.Notifications;

/// <summary>One loop per channel that is configured; they know nothing of each other, so none waits for another.</summary>
internal sealed partial class DeliveryLoops : BackgroundService
{
    // Rows deleted by one statement, and how often it is looked for some.
    private const int ForgetMax = 5_000;
    private static readonly TimeSpan ForgetInterval = TimeSpan.FromHours(1);

    private readonly DeliveryLoop[] _loops;
    private readonly DeliveryStore _store;
    private readonly SchemaGate _schema;
    private readonly NotificationsOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger<DeliveryLoops> _logger;

    public DeliveryLoops(
        IEnumerable<INotificationChannel> channels, DeliveryStore store, SchemaGate schema, IOptions<NotificationsOptions> options,
        TimeProvider timeProvider, DeliveryMetrics metrics, ILogger<DeliveryLoop> loopLogger, ILogger<DeliveryLoops> logger)
    {
        (_store, _schema, _options, _timeProvider, _logger) = (store, schema, options.Value, timeProvider, logger);
        var all = channels.ToLookup(channel => channel.IsEnabled);
        foreach (var channel in all[false])
        {
            LogOff(channel.Name);
        }

        _loops = [.. all[true].Select(channel => new DeliveryLoop(channel, store, _options, timeProvider, metrics, loopLogger))];
        Channels = [.. all[true].Select(channel => channel.Name)];
    }

    /// <summary>Names of the channels that send.</summary>
    public string[] Channels { get; }

    /// <summary>There is something to send; does not wait.</summary>
    public void Wake() => Array.ForEach(_loops, loop => loop.Wake());

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await _schema.WaitAsync(stoppingToken);
        await Task.WhenAll([.. _loops.Select(loop => loop.RunAsync(stoppingToken)), ForgetAsync(stoppingToken)]);
    }

    private async Task ForgetAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(ForgetInterval, _timeProvider);
        try
        {
            do
            {
                try
                {
                    while (await _store.ForgetAsync(_options.KeepFinished, ForgetMax, stoppingToken) == ForgetMax)
                    {
                    }
                }
                catch (NpgsqlException error)
                {
                    LogNotForgotten(error.Message);
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // The notifier stops.
        }
    }

    [LoggerMessage(5501, LogLevel.Information, "The channel {Channel} is not configured; nothing is sent by it")]
    private partial void LogOff(string channel);

    [LoggerMessage(5502, LogLevel.Warning, "Old deliveries could not be deleted: {Reason}")]
    private partial void LogNotForgotten(string reason);
}
