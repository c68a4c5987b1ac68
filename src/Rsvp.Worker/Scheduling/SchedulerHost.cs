using Npgsql;
using Rsvp.Hosting.Database;
using Rsvp.Worker.Partitions;

namespace Rsvp.Worker.Scheduling;

/// <summary>Starts the scheduler once the schema is there and the database has said what time it is, and stops it with the worker.</summary>
internal sealed partial class SchedulerHost(
    SchedulerStart start, SchemaGate schema, BusGate buses, DatabaseClock clock, NpgsqlDataSource dataSource, TimeProvider time, ILogger<SchedulerHost> logger) : BackgroundService
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(250);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await schema.WaitAsync(stoppingToken);
        await buses.WaitAsync(stoppingToken);
        while (!await TrySetClockAsync(stoppingToken))
        {
            await Task.Delay(RetryInterval, time, stoppingToken);
        }

        await using var running = await start.UntilStartedAsync(stoppingToken);
        while (true)
        {
            await Task.Delay(DatabaseClock.Interval, time, stoppingToken);
            await TrySetClockAsync(stoppingToken);
        }
    }

    private async Task<bool> TrySetClockAsync(CancellationToken cancellationToken)
    {
        try
        {
            var wrong = await clock.SetAsync(dataSource, cancellationToken);
            if (wrong != TimeSpan.Zero)
            {
                LogWrong(-wrong);
            }

            return true;
        }
        catch (Exception error) when (error is NpgsqlException or TimeoutException)
        {
            return false;
        }
    }

    [LoggerMessage(3351, LogLevel.Warning, "This machine's clock is {Ahead} ahead of the database's, which the schedule follows")]
    private partial void LogWrong(TimeSpan ahead);
}
