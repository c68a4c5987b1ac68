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

    private ServiceProvider Worker()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection([new("ConnectionStrings:Postgres", database.ConnectionString)]);
        builder.AddScheduledJobs();
        return builder.Services.BuildServiceProvider();
    }
}
