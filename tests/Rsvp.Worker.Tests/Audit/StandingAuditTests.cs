using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Rsvp.Hosting.Database;
using Rsvp.Testing;
using Rsvp.Worker.Audit;
using Rsvp.Worker.Tests.Partitions;

namespace Rsvp.Worker.Tests.Audit;

/// <summary>The auditor inside the system: finds what is broken, reads nothing twice, and raises no false alarm.</summary>
public sealed class StandingAuditTests
{
    [Fact]
    public async Task What_is_broken_is_found_within_a_run_and_stays_visible_until_it_is_mended()
    {
        await using var database = await TestDatabase.CreateAsync();
        var world = new World(database);
        var (broken, sound) = (await world.OpenAsync(capacity: 5), await world.OpenAsync(capacity: 5));
        await world.ApplyAsync([World.Submit(broken, Guid.NewGuid()), World.Submit(sound, Guid.NewGuid())]);
        await using var audit = new Auditing(database);
        await database.ExecuteAsync("UPDATE activities SET confirmed_participants = 3 WHERE activity_id = $1", broken);

        await audit.RunAsync();
        var open = Assert.Single(await audit.Ledger.ReadOpenAsync(default));
        var measured = audit.Measure();
        await MinutePassesAsync(database);
        await audit.RunAsync();

        Assert.Equal((broken, "I2", 1L), (open.ActivityId, open.Invariant, open.Violations));
        Assert.Contains($"activity {broken}: confirmed_participants is 3, but a recount gives 1", open.Found);
        Assert.Equal(["I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8"], measured.Keys.Order());
        Assert.Equal([("I2", 1L)], measured.Where(one => one.Value > 0).Select(one => (one.Key, one.Value)));
        Assert.Equal(1, audit.Log.Count(StandingAudit.ViolatedEventId));
        Assert.Equal(measured, audit.Measure());

        await database.ExecuteAsync("UPDATE activities SET confirmed_participants = 1 WHERE activity_id = $1", broken);
        await MinutePassesAsync(database);
        await audit.RunAsync();

        Assert.Empty(await audit.Ledger.ReadOpenAsync(default));
        Assert.All(audit.Measure(), one => Assert.Equal(0, one.Value));
    }

    [Fact]
    public async Task Numbers_that_could_not_be_read_for_a_minute_are_not_shown()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var audit = new Auditing(database);
        await audit.RunAsync();
        var before = audit.Measure();

        audit.Time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(8, before.Count);
        Assert.Empty(audit.Measure());
    }

    [Fact]
    public async Task Only_what_was_decided_about_since_is_read_again()
    {
        await using var database = await TestDatabase.CreateAsync();
        var world = new World(database);
        Guid[] activities = [await world.OpenAsync(5), await world.OpenAsync(5), await world.OpenAsync(5)];
        await using var audit = new Auditing(database);

        var first = await audit.RunAsync();
        await RestIsOverAsync(database);
        var second = await audit.RunAsync();
        await world.ApplyAsync(World.Submit(activities[1], Guid.NewGuid()));
        var third = await audit.RunAsync();

        Assert.Equal((3, 0, 1), (first, second, third));

        // The price: what nothing was decided about is not seen until something is.
        await database.ExecuteAsync("UPDATE activities SET confirmed_participants = 3 WHERE activity_id = $1", activities[0]);
        await RestIsOverAsync(database);
        Assert.Equal(0, await audit.RunAsync());
        await world.ApplyAsync(World.Patch(activities[0], world.Host, new() { SkipLimit = 7 }));
        Assert.Equal(1, await audit.RunAsync());
        Assert.Contains((activities[0], "I2"), (await audit.Ledger.ReadOpenAsync(default)).Select(one => (one.ActivityId, one.Invariant)));
    }

    [Fact]
    public async Task While_commands_and_passes_are_under_way_it_sees_no_violation()
    {
        await using var database = await TestDatabase.CreateAsync();
        var world = new World(database);
        Guid[] activities = [await world.OpenAsync(3), await world.OpenAsync(1)];
        await using var audit = new Auditing(database);
        using var done = new CancellationTokenSource();

        var auditing = Task.Run(async () =>
        {
            var looks = 0;
            while (!done.IsCancellationRequested)
            {
                await RestIsOverAsync(database);
                looks += await audit.RunAsync();
            }

            return looks;
        });
        var random = new Random(7);
        Guid[] users = [.. Enumerable.Range(0, 12).Select(_ => Guid.NewGuid())];
        for (var round = 0; round < 60; round++)
        {
            var (activity, user) = (activities[random.Next(2)], users[random.Next(users.Length)]);
            await world.ApplyAsync(random.Next(3) == 0 ? World.Cancel(activity, user) : World.Submit(activity, user, random.Next(1, 3)));
            if (random.Next(5) == 0)
            {
                await world.ApplyAsync(World.PassOver(activity));
            }
        }

        await done.CancelAsync();
        Assert.InRange(await auditing, 1, int.MaxValue);
        Assert.Empty(await audit.Ledger.ReadOpenAsync(default));
        Assert.Equal(0, audit.Log.Count(StandingAudit.ViolatedEventId));
    }

    [Fact]
    public async Task Control_a_vacancy_that_waits_for_its_pass_would_be_a_violation_if_nothing_were_under_way()
    {
        await using var database = await TestDatabase.CreateAsync();
        var world = new World(database);
        var activity = await world.OpenAsync(capacity: 1);
        var first = World.Submit(activity, Guid.NewGuid());
        await world.ApplyAsync([first, World.Submit(activity, Guid.NewGuid()), World.Cancel(activity, first.Caller.UserId)]);
        await using var audit = new Auditing(database);

        await audit.RunAsync();
        var strict = await new Auditor(database.DataSource).RunAsync(new AuditOptions { Activities = [activity] });

        Assert.Empty(await audit.Ledger.ReadOpenAsync(default));
        Assert.Equal(["I4"], strict.Invariants.Where(invariant => invariant.ViolationCount > 0).Select(invariant => invariant.Id));
    }

    [Fact]
    public async Task During_a_rush_it_pauses()
    {
        await using var database = await TestDatabase.CreateAsync();
        var world = new World(database);
        var activity = await world.OpenAsync(capacity: 5);
        await using var audit = new Auditing(database, decisionsPerSecondMax: 0, beforeItBegins: () => world.ApplyAsync(World.Submit(activity, Guid.NewGuid())));

        Assert.Equal(0, await audit.RunAsync());
        audit.BeforeItBegins = null;
        Assert.Equal(1, await audit.RunAsync());
    }

    [Fact]
    public async Task What_takes_too_long_is_left_alone_and_the_others_are_looked_at()
    {
        await using var database = await TestDatabase.CreateAsync();
        var world = new World(database);
        await world.OpenAsync(capacity: 5);
        await using var impatient = new Auditing(database, statementTimeout: TimeSpan.FromMilliseconds(100));
        await using var patient = new Auditing(database);
        await using var holder = await database.DataSource.OpenConnectionAsync();
        await using (var transaction = await holder.BeginTransactionAsync())
        {
            await using var hold = new NpgsqlCommand("LOCK TABLE notifications IN ACCESS EXCLUSIVE MODE", holder, transaction);
            await hold.ExecuteNonQueryAsync();
            await impatient.RunAsync();
        }

        var other = await world.OpenAsync(capacity: 5);
        await patient.RunAsync();

        Assert.Equal((1, 0), (impatient.Log.Count(StandingAudit.PutOffEventId), patient.Log.Count(StandingAudit.PutOffEventId)));
        Assert.Equal(other, await database.ScalarAsync<Guid>("SELECT activity_id FROM audited_activities WHERE version > 0"));
    }

    [Fact]
    public async Task What_cannot_be_read_is_left_alone_and_the_others_are_looked_at()
    {
        await using var database = await TestDatabase.CreateAsync();
        var world = new World(database);
        var unreadable = await world.OpenAsync(capacity: 5);
        Guid[] others = [await world.OpenAsync(capacity: 5), await world.OpenAsync(capacity: 5)];
        await database.ExecuteAsync(
            "UPDATE rsvp_analytics SET metadata = jsonb_set(metadata, '{promotionCutoffMinutes}', '\"soon\"') WHERE activity_id = $1", unreadable);
        await using var audit = new Auditing(database);

        await audit.RunAsync();
        var again = await audit.RunAsync();

        Assert.Equal((1, 0), (audit.Log.Count(StandingAudit.UnreadableEventId), again));
        Assert.Equal(
            others.Order(),
            (await database.ScalarAsync<Guid[]>("SELECT array_agg(activity_id) FROM audited_activities WHERE version > 0"))!.Order());
    }

    private static Task<int> MinutePassesAsync(TestDatabase database) => database.ExecuteAsync(
        "UPDATE audited_activities SET audited_at = audited_at - interval '61 seconds', rests_until = now() - interval '1 second'");

    private static Task<int> RestIsOverAsync(TestDatabase database) => database.ExecuteAsync("UPDATE audited_activities SET rests_until = '-infinity'");

    /// <summary>A standing audit under the rights of a worker, with its meter and its log.</summary>
    private sealed class Auditing : IAsyncDisposable
    {
        private readonly NpgsqlDataSource _worker;
        private readonly StandingAuditMetrics _metrics;
        private readonly Meter _meter;
        private readonly StandingAudit _audit;

        public Auditing(TestDatabase database, double decisionsPerSecondMax = double.MaxValue, TimeSpan? statementTimeout = null, Func<Task>? beforeItBegins = null)
        {
            _worker = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database.ConnectionString) { Options = "-c role=rsvp_worker" }.ConnectionString);
            var meters = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();
            _meter = meters.Create("Rsvp");
            Ledger = new AuditLedger(_worker);
            _metrics = new StandingAuditMetrics(
                Ledger, new SchemaGate(_worker, NullLogger<SchemaGate>.Instance), Time, meters, NullLogger<StandingAuditMetrics>.Instance);
            BeforeItBegins = beforeItBegins;
            _audit = new StandingAudit(Ledger, _worker, _metrics, TimeProvider.System, Log)
            {
                Quiet = TimeSpan.Zero,
                DecisionsPerSecondMax = decisionsPerSecondMax,
                WatchesAsync = _ => BeforeItBegins?.Invoke() ?? Task.CompletedTask,
                StatementTimeout = statementTimeout ?? TimeSpan.FromSeconds(30),
            };
        }

        public AuditLedger Ledger { get; }

        /// <summary>By which the metric is old.</summary>
        public FakeTimeProvider Time { get; } = new();

        public EventCounter<StandingAudit> Log { get; } = new();

        public Func<Task>? BeforeItBegins { get; set; }

        public async ValueTask DisposeAsync() => await _worker.DisposeAsync();

        public Task<int> RunAsync() => _audit.RunAsync(default);

        /// <summary>The violations as the metric tells them, by invariant.</summary>
        public Dictionary<string, long> Measure()
        {
            var measured = new Dictionary<string, long>();
            using var listener = new MeterListener
            {
                InstrumentPublished = (instrument, listener) =>
                {
                    if (instrument.Meter == _meter && instrument.Name == "rsvp.audit.violations")
                    {
                        listener.EnableMeasurementEvents(instrument);
                    }
                },
            };
            listener.SetMeasurementEventCallback<long>((_, violations, tags, _) => measured[(string)tags[0].Value!] = violations);
            listener.Start();
            listener.RecordObservableInstruments();
            return measured;
        }
    }
}
