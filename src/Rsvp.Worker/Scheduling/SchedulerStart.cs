using Npgsql;
using Quartz;

namespace Rsvp.Worker.Scheduling;

/// <summary>Starts the scheduler. The database may go away between any two of the steps that takes, and that must not end the worker.</summary>
/// <param name="makeContainer">Makes a container with a scheduler in it, for each try a new one.</param>
/// <param name="time">The clock between tries.</param>
/// <param name="logger">Where a failed try is told.</param>
internal sealed partial class SchedulerStart(Func<ServiceProvider> makeContainer, TimeProvider time, ILogger<SchedulerStart> logger)
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>Tries until it runs.</summary>
    /// <param name="cancellationToken">The worker stops.</param>
    /// <returns>The scheduler, started.</returns>
    /// <exception cref="OperationCanceledException">The worker stops.</exception>
    public async Task<RunningScheduler> UntilStartedAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var container = makeContainer();
            try
            {
                var scheduler = await container.GetRequiredService<ISchedulerFactory>().GetScheduler(cancellationToken);
                await scheduler.Start(cancellationToken);
                return new RunningScheduler(scheduler, container);
            }
            catch (Exception error) when (error is SchedulerException or NpgsqlException or TimeoutException)
            {
                LogNotStarted(error.Message);
                await container.DisposeAsync();
            }

            await Task.Delay(RetryInterval, time, cancellationToken);
        }
    }

    [LoggerMessage(3352, LogLevel.Warning, "The scheduler did not start and is started again: {Reason}")]
    private partial void LogNotStarted(string reason);
}
