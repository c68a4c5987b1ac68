using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Rsvp.Hosting.Database;
using Rsvp.Hosting.Partitions;
using Rsvp.Testing;
using Rsvp.Worker.Backlogs;
using Rsvp.Worker.Balancing;
using Rsvp.Worker.Partitions;
using Rsvp.Worker.Tests.Partitions;

namespace Rsvp.Worker.Tests.Telemetry;

public sealed class WorkerMetricsTests(TestDatabase database) : IClassFixture<TestDatabase>, IDisposable
{
    private static readonly string[] Counts = ["rsvp.outbox.messages", "rsvp.offers.open", "rsvp.offers.due", "rsvp.vacancies.open", "rsvp.vacancies.stranded"];

    private readonly World _world = new(database);
    private readonly MeasurementLog _log = new();

    public void Dispose() => _log.Dispose();

    [Fact]
    public async Task A_retry_tells_a_lock_waited_for_in_vain_from_other_reasons()
    {
        var activity = await _world.OpenAsync(capacity: 5);
        await using var other = await database.DataSource.OpenConnectionAsync();
        await using var transaction = await other.BeginTransactionAsync();
        await using var hold = new NpgsqlCommand("SELECT 1 FROM activities WHERE activity_id = $1 FOR UPDATE", other, transaction);
        hold.Parameters.AddWithValue(activity);
        await hold.ExecuteNonQueryAsync();
        await using var impatient = NpgsqlDataSource.Create(database.ConnectionString + ";Options=-c lock_timeout=50ms;Application Name=impatient");

        var applying = _world.Applier(dataSource: impatient, metrics: new PartitionMetrics(_log.Meters)).ApplyAsync([World.Submit(activity, Guid.NewGuid())], 0, default);
        await Eventually.HoldsAsync(() => Retries(PostgresErrorCodes.LockNotAvailable) > 0, "the lock timeout struck");
        await transaction.CommitAsync();
        await applying;

        Assert.Equal(0, Retries(PostgresErrorCodes.DeadlockDetected) + Retries(PostgresErrorCodes.SerializationFailure));
    }

    [Fact]
    public async Task The_time_of_a_promotion_runs_from_the_vacancy_to_the_commit_of_the_pass()
    {
        var activity = await _world.OpenAsync(capacity: 1);
        Guid[] users = [Guid.NewGuid(), Guid.NewGuid()];
        await _world.ApplyAsync([.. users.Select(user => World.Submit(activity, user))]);
        await _world.ApplyAsync(World.Cancel(activity, users[0]));
        await database.ExecuteAsync("UPDATE activities SET vacant_since = vacant_since - interval '40 seconds' WHERE activity_id = $1", activity);
        var applier = _world.Applier(metrics: new PartitionMetrics(_log.Meters));

        await applier.ApplyAsync([World.PassOver(activity, 1)], 0, default);
        await applier.ApplyAsync([World.PassOver(activity, 2)], 0, default);

        Assert.InRange(Assert.Single(_log.Of("rsvp.promotion.duration")).Value, 40, 80);
        Assert.Equal([0, 1], _log.Of("rsvp.promotion.slow").Select(slow => slow.Value));
        Assert.Equal(1, _log.Of("rsvp.promotion.places").Sum(places => places.Value));
    }

    [Fact]
    public async Task A_promotion_in_time_is_not_counted_as_slow()
    {
        var activity = await _world.OpenAsync(capacity: 1);
        Guid[] users = [Guid.NewGuid(), Guid.NewGuid()];
        await _world.ApplyAsync([.. users.Select(user => World.Submit(activity, user))]);
        await _world.ApplyAsync(World.Cancel(activity, users[0]));

        // However long a busy machine takes for the pass.
        await database.ExecuteAsync("UPDATE activities SET vacant_since = now() + interval '5 minutes' WHERE activity_id = $1", activity);
        await _world.Applier(metrics: new PartitionMetrics(_log.Meters)).ApplyAsync([World.PassOver(activity, 1)], 0, default);

        Assert.Single(_log.Of("rsvp.promotion.duration"));
        Assert.Equal([0], _log.Of("rsvp.promotion.slow").Select(slow => slow.Value));
    }

    [Fact]
    public void A_partition_says_how_old_the_command_is_that_it_is_deciding()
    {
        var time = new FakeTimeProvider();
        using var subscriptions = new PartitionSubscriptions(
            Options.Create(new PartitionTopologyOptions { Count = 2 }),
            new WorkerInstance(new ConfigurationBuilder().Build(), time),
            new DatabaseReach(Options.Create(new BalancingOptions()), time, NullLogger<DatabaseReach>.Instance),
            _log.Meters,
            time,
            NullLogger<PartitionSubscription>.Instance);

        subscriptions.Deciding(1, time.GetUtcNow().AddSeconds(-3));
        time.Advance(TimeSpan.FromSeconds(4));
        _log.Observe();
        subscriptions.Idle(1);
        _log.Observe();

        Assert.Equal([(0, 0), (1, 7), (0, 0), (1, 0)], _log.Of("rsvp.partition.age").Select(age => ((int)age.Tags["partition"]!, (int)age.Value)));
    }

    [Fact]
    public async Task The_backlog_is_what_the_database_says_and_not_shown_when_it_is_old()
    {
        var time = new FakeTimeProvider();
        await using var alone = new TestDatabase();
        await alone.InitializeAsync();
        using var gauges = new BacklogGauges(
            alone.DataSource, new SchemaGate(alone.DataSource, NullLogger<SchemaGate>.Instance), time, _log.Meters, NullLogger<BacklogGauges>.Instance);
        var world = new World(alone);
        var stranded = await world.OpenAsync(capacity: 1);
        var passing = await world.OpenAsync(capacity: 1);
        var offering = await world.OpenAsync(capacity: 2, settings => settings with { PromotionMode = "offer" });
        var guests = new[] { Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid() };
        await world.ApplyAsync([.. guests.Select(guest => World.Submit(offering, guest))]);
        await world.ApplyAsync([World.Cancel(offering, guests[0]), World.Cancel(offering, guests[1])]);
        await world.ApplyAsync(World.PassOver(offering));
        await alone.ExecuteAsync("UPDATE rsvps SET offer_expires_at = now() - interval '1 second' WHERE user_id = $1", guests[2]);
        await alone.ExecuteAsync("UPDATE activities SET vacant_since = now() - interval '60 seconds' WHERE activity_id = $1", stranded);
        await alone.ExecuteAsync("UPDATE activities SET vacant_since = now() - interval '30 seconds' WHERE activity_id = $1", passing);
        await alone.ExecuteAsync("INSERT INTO deadlines (activity_id, kind, due_at) VALUES ($1, 'pass_answer', now())", passing);
        await alone.ExecuteAsync("UPDATE outbox SET created_at = now() - interval '90 seconds' WHERE outbox_id = (SELECT min(outbox_id::text)::uuid FROM outbox)");
        var messages = await alone.ScalarAsync<long>("SELECT count(*) FROM outbox");

        await gauges.RefreshAsync(default);
        _log.Observe();
        var shown = Counts.Select(name => (long)Assert.Single(_log.Of(name)).Value).ToList();
        time.Advance(TimeSpan.FromMinutes(1));
        _log.Observe();

        Assert.Equal([messages, 2, 1, 2, 1], shown);
        Assert.InRange(Assert.Single(_log.Of("rsvp.outbox.age")).Value, 90, 130);
        Assert.InRange(Assert.Single(_log.Of("rsvp.vacancies.age")).Value, 60, 100);
    }

    private double Retries(string sqlState) =>
        _log.Of("rsvp.batch.retries").Where(retry => (string?)retry.Tags.GetValueOrDefault("db.response.status_code") == sqlState).Sum(retry => retry.Value);
}
