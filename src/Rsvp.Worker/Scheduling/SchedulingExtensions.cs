using Microsoft.Extensions.Options;
using Npgsql;
using Quartz;
using Quartz.Impl;
using Rsvp.Hosting.Database;
using Rsvp.Hosting.FailPoints;
using Rsvp.Worker.Activities;
using Rsvp.Worker.Analytics;
using Rsvp.Worker.Audit;
using Rsvp.Worker.Deadlines;
using Rsvp.Worker.Migrations;
using Rsvp.Worker.Offers;
using Rsvp.Worker.Outbox;
using Rsvp.Worker.Partitions;
using Rsvp.Worker.Promotion;
using Rsvp.Worker.Retention;
using Rsvp.Worker.Users;

namespace Rsvp.Worker.Scheduling;

/// <summary>Adds the scheduled jobs: kept in PostgreSQL and clustered, so that each fires on one worker at a time, whoever lives.</summary>
internal static class SchedulingExtensions
{
    // For the scheduler's threads and what looks after them, one each at a time; the driver's own bound is 100.
    private const int ConnectionsMax = 10;
    private const int StatementsMax = 100;

    // A peer that has not checked in for the sum of both is taken for dead, and what it was about to run is run by another: until then nobody does, and
    // what it left in the outbox waits. One that was only slow runs beside the other, which every job here bears.
    private static readonly TimeSpan CheckinInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan CheckinMisfireThreshold = TimeSpan.FromSeconds(3);

    public static void AddScheduledJobs(this WebApplicationBuilder builder)
    {
        var connectionString = builder.Configuration.GetConnectionString("Postgres")
            ?? throw new InvalidOperationException("ConnectionStrings:Postgres is missing.");
        var clock = new DatabaseClock(SkewedClock.OfProcess);
        builder.Services.AddSingleton(clock);
        builder.Services.AddSingleton(services => new SchedulerStart(
            () => MakeContainer(services, clock, connectionString),
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<ILogger<SchedulerStart>>()));
        builder.Services.AddHostedService<SchedulerHost>();
    }

    // What Quartz adds to a container cannot be started twice, not even when the first start failed. So it has one of its own for each try, and takes the jobs
    // from the worker's.
    internal static ServiceProvider MakeContainer(IServiceProvider services, DatabaseClock clock, string connectionString)
    {
        var logging = services.GetRequiredService<ILoggerFactory>();
        var container = new ServiceCollection();
        container.AddSingleton(logging);
        container.AddLogging();
        container.AddQuartz(quartz =>
        {
            quartz.UseTimeProvider(clock);
            quartz.UseJobFactory(new MicrosoftDependencyInjectionJobFactory(services, Options.Create(new JobFactoryOptions()), logging));
            quartz.ConfigureScheduler(scheduler =>
            {
                scheduler.InstanceName = "rsvp";

                // A look of the audit takes up to half a minute, longer than a worker may take to stop; whatever is broken off is done by the next.
                scheduler.ShutdownJobInterruption = ShutdownJobInterruption.Always;
            });
            quartz.UseDefaultThreadPool(maxConcurrency: 4);
            quartz.UsePersistentStore(store =>
            {
                store.UsePostgres(NpgsqlFactory.Instance, SchedulerConnectionString(connectionString));
                store.UseSystemTextJsonSerializer();
                store.UseClustering(cluster =>
                {
                    cluster.CheckinInterval = CheckinInterval;
                    cluster.CheckinMisfireThreshold = CheckinMisfireThreshold;
                });
                store.ConfigureStore(options => options.TablePrefix = SchedulerSchema.TablePrefix);
            });
            Schedule<DueDeadlines>(quartz, DueDeadlines.Interval);
            Schedule<OutboxSweep>(quartz, OutboxSweep.Interval);
            Schedule<StrandedSeats>(quartz, StrandedSeats.Interval);
            Schedule<OverdueOffers>(quartz, OverdueOffers.Interval);
            Schedule<Erasure>(quartz, Erasure.Interval);
            Schedule<UnfinishedCallOffs>(quartz, UnfinishedCallOffs.Interval);
            Schedule<OutcomeRetention>(quartz, OutcomeRetention.Interval);
            Schedule<DataRetention>(quartz, DataRetention.Interval);
            Schedule<AnalyticsCounting>(quartz, AnalyticsCounting.Interval);
            Schedule<StandingAudit>(quartz, StandingAudit.Interval);
        });
        return container.BuildServiceProvider();
    }

    // Quartz commits some thirty times a second, and a second of it that a crash takes away is fired again: none of that need wait for the disk. It sends
    // the same forty statements again and again, and planning them costs PostgreSQL more than running them.
    private static string SchedulerConnectionString(string connectionString) => PostgresExtensions.SeekPrimary(
        new NpgsqlConnectionStringBuilder(connectionString)
        {
            NoResetOnClose = true,
            MaxPoolSize = ConnectionsMax,
            MaxAutoPrepare = StatementsMax,
            AutoPrepareMinUsages = 2,
            Options = "-c synchronous_commit=off -c plan_cache_mode=force_generic_plan",
        }.ConnectionString);

    private static void Schedule<TJob>(IQuartzBuilder quartz, TimeSpan interval)
        where TJob : class, IJob => quartz.ScheduleJob<TJob>(
            trigger => trigger
                .WithIdentity(typeof(TJob).Name)
                .WithSimpleSchedule(schedule => schedule.WithInterval(interval).RepeatForever().WithMisfireInstruction(SimpleTriggerMisfireInstruction.NextWithRemainingCount)),
            job => job.WithIdentity(typeof(TJob).Name));
}
