using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Quartz;
using Rsvp.Testing;
using Rsvp.Worker.Scheduling;

namespace Rsvp.Worker.Tests.Scheduling;

public sealed class SchedulerStartTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task A_database_that_goes_away_while_the_scheduler_is_made_is_waited_for()
    {
        await using var worker = Worker();
        var tryCount = 0;
        var start = new SchedulerStart(
            () =>
            {
                var away = ++tryCount == 1 ? database.RefuseConnectionsAsync() : database.AllowConnectionsAsync();
                away.GetAwaiter().GetResult();
                return SchedulingExtensions.MakeContainer(worker, worker.GetRequiredService<DatabaseClock>(), database.ConnectionString);
            },
            TimeProvider.System,
            NullLogger<SchedulerStart>.Instance);

        await using var running = await start.UntilStartedAsync(CancellationToken.None);

        Assert.Equal(2, tryCount);
        Assert.Equal(SchedulerStatus.Running, running.Scheduler.Status);
        Assert.Equal(10, await database.ScalarAsync<long>("SELECT count(*) FROM qrtz_triggers"));
        await Eventually.HoldsAsync(
            async () => await database.ScalarAsync<long>(
                "SELECT count(*) FROM qrtz_scheduler_state WHERE instance_name = $1", running.Scheduler.SchedulerInstanceId) == 1,
            "the scheduler joins its peers");
    }

    [Fact]
    public async Task Control_a_scheduler_that_is_made_once_fails_with_the_database_and_stays_so()
    {
        await using var worker = Worker();
        await using var container = SchedulingExtensions.MakeContainer(worker, worker.GetRequiredService<DatabaseClock>(), database.ConnectionString);
        var schedulers = container.GetRequiredService<ISchedulerFactory>();
        await database.RefuseConnectionsAsync();
        try
        {
            await Assert.ThrowsAnyAsync<SchedulerException>(async () => await schedulers.GetScheduler());
        }
        finally
        {
            await database.AllowConnectionsAsync();
        }

        await Assert.ThrowsAnyAsync<SchedulerException>(async () => await schedulers.GetScheduler());
    }

    [Fact]
    public async Task A_stop_ends_the_jobs_that_are_under_way()
    {
        var endless = new Endless();
        await using var worker = Worker(services => services.AddSingleton(endless));
        var start = new SchedulerStart(
            () => SchedulingExtensions.MakeContainer(worker, worker.GetRequiredService<DatabaseClock>(), database.ConnectionString),
            TimeProvider.System,
            NullLogger<SchedulerStart>.Instance);
        var running = await start.UntilStartedAsync(CancellationToken.None);
        await running.Scheduler.ScheduleJob(JobBuilder.Create<Endless>().Build(), TriggerBuilder.Create().StartNow().Build());
        await Eventually.HoldsAsync(() => endless.IsUnderWay, "the job began");

        var stop = running.DisposeAsync().AsTask();

        await Eventually.HoldsAsync(() => stop.IsCompleted && !endless.IsUnderWay, "the scheduler stopped, and the job with it");
        await stop;
    }

    private ServiceProvider Worker(Action<IServiceCollection>? configure = null)
    {
        var builder = WebApplication.CreateBuilder();
        configure?.Invoke(builder.Services);
        builder.Configuration.AddInMemoryCollection([new("ConnectionStrings:Postgres", database.ConnectionString)]);
        builder.AddScheduledJobs();
        return builder.Services.BuildServiceProvider();
    }

    private sealed class Endless : IJob
    {
        private volatile bool _isUnderWay;

        public bool IsUnderWay => _isUnderWay;

        public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
        {
            _isUnderWay = true;
            try
            {
                await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
            }
            finally
            {
                _isUnderWay = false;
            }
        }
    }
}
