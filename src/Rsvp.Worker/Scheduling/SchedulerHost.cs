using Quartz;
using Rsvp.Hosting.Database;
using Rsvp.Worker.Partitions;

namespace Rsvp.Worker.Scheduling;

/// <summary>Starts the scheduler once the schema is there, and stops it with the worker.</summary>
internal sealed class SchedulerHost(ISchedulerFactory schedulers, SchemaGate schema, BusGate buses) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await schema.WaitAsync(stoppingToken);
        await buses.WaitAsync(stoppingToken);
        var scheduler = await schedulers.GetScheduler(stoppingToken);
        await scheduler.Start(stoppingToken);
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, stoppingToken);
        }
        finally
        {
            await scheduler.Shutdown(waitForJobsToComplete: true, CancellationToken.None);
        }
    }
}
