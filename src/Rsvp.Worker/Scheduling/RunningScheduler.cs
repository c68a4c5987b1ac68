using Quartz;

namespace Rsvp.Worker.Scheduling;

/// <summary>A started scheduler and the container that it was made in; its end waits for the jobs under way.</summary>
internal sealed class RunningScheduler(IScheduler scheduler, ServiceProvider container) : IAsyncDisposable
{
    public IScheduler Scheduler => scheduler;

    public async ValueTask DisposeAsync()
    {
        await scheduler.Shutdown(waitForJobsToComplete: true, CancellationToken.None);
        await container.DisposeAsync();
    }
}
