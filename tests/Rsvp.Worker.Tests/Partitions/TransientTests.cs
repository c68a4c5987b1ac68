using Npgsql;
using Rsvp.Testing;
using Rsvp.Worker.Audit;
using Rsvp.Worker.Partitions;

namespace Rsvp.Worker.Tests.Partitions;

/// <summary>What the database cannot do just now is done again in place; nothing takes effect twice.</summary>
public sealed class TransientTests
{
    [Theory]
    [InlineData(PostgresErrorCodes.SerializationFailure)]
    [InlineData(PostgresErrorCodes.DeadlockDetected)]
    [InlineData(PostgresErrorCodes.AdminShutdown)]
    [InlineData(PostgresErrorCodes.ReadOnlySqlTransaction)]
    [InlineData(PostgresErrorCodes.TooManyConnections)]
    public async Task A_batch_that_the_database_refuses_for_now_is_applied_together_and_in_order_the_next_time(string state)
    {
        await using var database = await TestDatabase.CreateAsync();
        var (world, activity, log) = await RefusingOnceAsync(database, state);

        var applied = await world.Applier(logger: log).ApplyAsync([World.Submit(activity, Guid.NewGuid()), World.Submit(activity, Guid.NewGuid())], 0, default);

        Assert.Equal(["confirmed", "waitlisted"], applied.Outcomes.Select(outcome => outcome.Rsvp!.Status));
        Assert.Equal(1, log.Count(BatchApplier.TransientEventId));
        Assert.Equal(3L, await database.ScalarAsync<long>("SELECT last_value FROM refused")); // The second time the batch came once for each of its outcomes.
        await AssertCleanAsync(database);
    }

    [Fact]
    public async Task Control_another_error_is_not_waited_out()
    {
        await using var database = await TestDatabase.CreateAsync();
        var (world, activity, log) = await RefusingOnceAsync(database, PostgresErrorCodes.CheckViolation);

        await world.Applier(logger: log).ApplyAsync([World.Submit(activity, Guid.NewGuid()), World.Submit(activity, Guid.NewGuid())], 0, default);

        Assert.Equal(0, log.Count(BatchApplier.TransientEventId));
    }

    [Fact]
    public async Task A_real_deadlock_of_which_the_batch_is_the_victim_is_applied_afterwards()
    {
        await using var database = await TestDatabase.CreateAsync();
        var world = new World(database);
        Guid[] activities = [.. new[] { await world.OpenAsync(1), await world.OpenAsync(1) }.Order()];
        await using var writers = Writers(database);
        await using var other = await database.DataSource.OpenConnectionAsync();
        await using var transaction = await other.BeginTransactionAsync();
        await ExecuteAsync(other, "SET LOCAL deadlock_timeout = '1min'"); // The batch looks first, and gives way.
        await LockAsync(other, activities[1]);

        var log = new EventCounter<BatchApplier>();
        var applying = world.Applier(dataSource: writers, logger: log).ApplyAsync([.. activities.Select(activity => World.Submit(activity, Guid.NewGuid()))], 0, default);
        await WaitsForLockAsync(database);
        await LockAsync(other, activities[0]);
        await transaction.CommitAsync();

        Assert.All((await applying).Outcomes, outcome => Assert.Equal("confirmed", outcome.Rsvp?.Status));
        Assert.True(log.Count(BatchApplier.TransientEventId) >= 1, "The batch was the victim.");
        await AssertCleanAsync(database);
    }

    [Fact]
    public async Task A_connection_that_is_ended_in_the_middle_of_a_transaction_leaves_nothing_and_the_batch_is_applied_again()
    {
        await using var database = await TestDatabase.CreateAsync();
        var world = new World(database);
        var activity = await world.OpenAsync(1);
        await using var writers = Writers(database);
        await using var other = await database.DataSource.OpenConnectionAsync();
        await using var transaction = await other.BeginTransactionAsync();
        await LockAsync(other, activity);

        var log = new EventCounter<BatchApplier>();
        var applying = world.Applier(dataSource: writers, logger: log).ApplyAsync([World.Submit(activity, Guid.NewGuid())], 0, default);
        await WaitsForLockAsync(database);
        await database.ScalarAsync<bool>("SELECT bool_and(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'writers' AND datname = current_database()");
        await Eventually.HoldsAsync(() => log.Count(BatchApplier.TransientEventId) >= 1, "the batch is tried again");
        await transaction.CommitAsync();

        Assert.Equal("confirmed", (await applying).Outcomes[0].Rsvp?.Status);
        await AssertCleanAsync(database);
    }

    [Fact]
    public async Task A_commit_whose_answer_is_lost_with_its_connection_takes_effect_once()
    {
        await using var database = await TestDatabase.CreateAsync();
        var world = new World(database);
        var activity = await world.OpenAsync(10);
        var server = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        await using var proxy = new TcpProxy(server.Host!, server.Port);
        await using var writers = NpgsqlDataSource.Create(proxy.ThroughKeywords(database.ConnectionString + ";Application Name=writers"));
        await using var other = await database.DataSource.OpenConnectionAsync();
        await using var transaction = await other.BeginTransactionAsync();
        await LockAsync(other, activity);

        var command = World.Submit(activity, Guid.NewGuid());
        var applying = world.Applier(dataSource: writers).ApplyAsync([command], 0, default);
        await WaitsForLockAsync(database);
        proxy.GoSilent();
        await transaction.CommitAsync();
        await Eventually.HoldsAsync(
            async () => await database.ScalarAsync<long>("SELECT count(*) FROM rsvp_requests WHERE request_id = $1", command.RequestId) == 1, "it is committed");
        proxy.GoAway();
        proxy.ComeBack();

        Assert.Equal("confirmed", (await applying).Outcomes[0].Rsvp?.Status);
        Assert.Equal(1, await database.ScalarAsync<int>("SELECT confirmed_participants FROM activities WHERE activity_id = $1", activity));
        await AssertCleanAsync(database);
    }

    /// <summary>The first outcome that is to be stored is refused; a sequence counts, because it forgets nothing when a transaction is undone.</summary>
    private static async Task<(World World, Guid Activity, EventCounter<BatchApplier> Log)> RefusingOnceAsync(TestDatabase database, string state)
    {
        var world = new World(database);
        var activity = await world.OpenAsync(1);
        await database.ExecuteAsync(
            $"""
            CREATE SEQUENCE refused;
            CREATE FUNCTION refuse_once() RETURNS trigger LANGUAGE plpgsql AS $body$
            BEGIN
                IF nextval('refused') = 1 THEN RAISE EXCEPTION 'not now' USING ERRCODE = '{state}'; END IF;
                RETURN NEW;
            END $body$;
            CREATE TRIGGER refuse_once BEFORE INSERT ON rsvp_requests FOR EACH ROW EXECUTE FUNCTION refuse_once();
            """);
        return (world, activity, new EventCounter<BatchApplier>());
    }

    private static NpgsqlDataSource Writers(TestDatabase database) => NpgsqlDataSource.Create(database.ConnectionString + ";Application Name=writers");

    private static Task WaitsForLockAsync(TestDatabase database) => Eventually.HoldsAsync(
        async () => await database.ScalarAsync<long>("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'writers' AND datname = current_database() AND wait_event_type = 'Lock'") == 1,
        "the batch waits for a lock");

    private static async Task LockAsync(NpgsqlConnection connection, Guid activity)
    {
        await using var command = new NpgsqlCommand("SELECT 1 FROM activities WHERE activity_id = $1 FOR UPDATE", connection) { Parameters = { new() { Value = activity } } };
        await command.ExecuteNonQueryAsync();
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task AssertCleanAsync(TestDatabase database)
    {
        var report = await new Auditor(database.DataSource).RunAsync();
        Assert.True(report.IsClean, report.ToString());
    }
}
