using Npgsql;
using Rsvp.Contracts;
using Rsvp.Hosting.Problems;
using Rsvp.Testing;
using Rsvp.Worker.Audit;
using Rsvp.Worker.Partitions;
using Rsvp.Worker.Tests.Audit;

namespace Rsvp.Worker.Tests.Partitions;

/// <summary>Two workers active on one partition, made to load the same state before either saves; with the guard, and without it as the control.</summary>
public sealed class GuardTests
{
    [Fact]
    public async Task With_the_guard_two_writers_for_the_last_seat_leave_one_confirmed_and_one_in_line()
    {
        await using var database = await TestDatabase.CreateAsync();

        // Without its twins, which would refuse the second writer by themselves.
        await database.ExecuteAsync("ALTER TABLE rsvp_analytics DROP CONSTRAINT rsvp_analytics_seq");
        var world = new World(database);
        var activity = await world.OpenAsync(capacity: 1);

        var outcomes = await TogetherAsync(world, activity, guards: true, World.Submit(activity, Guid.NewGuid()), World.Submit(activity, Guid.NewGuid()));

        Assert.Equal(["confirmed", "waitlisted"], outcomes.Select(outcome => outcome.Rsvp?.Status));
        Assert.Equal(1, await database.ScalarAsync<int>("SELECT confirmed_participants FROM activities WHERE activity_id = $1", activity));
        Assert.Equal(1, await database.ScalarAsync<int>("SELECT waitlisted_places FROM activities WHERE activity_id = $1", activity));
        var report = await new Auditor(database.DataSource).RunAsync();
        Assert.True(report.IsClean, report.ToString());
    }

    [Fact]
    public async Task Control_without_the_guard_the_auditor_finds_the_overbooking()
    {
        await using var database = await TestDatabase.CreateAsync();

        // Its twins go too: they would refuse the second writer by themselves.
        await database.ExecuteAsync("ALTER TABLE rsvp_analytics DROP CONSTRAINT rsvp_analytics_seq");
        var world = new World(database);
        var activity = await world.OpenAsync(capacity: 1);

        await TogetherAsync(world, activity, guards: false, World.Submit(activity, Guid.NewGuid()), World.Submit(activity, Guid.NewGuid()));

        Assert.Equal(2L, await database.ScalarAsync<long>("SELECT count(*) FROM rsvps WHERE activity_id = $1 AND status = 'confirmed'", activity));
        Assert.Superset(new HashSet<string> { "I1", "I2", "I6" }, await database.BrokenAsync());
    }

    [Fact]
    public async Task Without_the_guard_the_check_alone_refuses_a_party_that_fits_no_more_and_it_is_decided_anew()
    {
        await using var database = await TestDatabase.CreateAsync();
        await database.ExecuteAsync("ALTER TABLE rsvp_analytics DROP CONSTRAINT rsvp_analytics_seq");
        var log = new EventCounter<BatchApplier>();

        var (activity, party) = await LessRoomAsync(database, log);

        var refused = Assert.IsType<PostgresException>(Assert.Single(log.Exceptions));
        Assert.Equal((PostgresErrorCodes.CheckViolation, "activities_never_overbooked"), (refused.SqlState, refused.ConstraintName));
        Assert.Equal("waitlisted", party.Rsvp?.Status);
        Assert.Equal(0, await database.ScalarAsync<int>("SELECT confirmed_participants FROM activities WHERE activity_id = $1", activity));
        Assert.Empty(await database.BrokenAsync());
    }

    [Fact]
    public async Task Control_without_guard_and_check_the_auditor_finds_the_overbooking()
    {
        await using var database = await TestDatabase.CreateAsync();
        await database.ExecuteAsync("ALTER TABLE rsvp_analytics DROP CONSTRAINT rsvp_analytics_seq");
        await database.ExecuteAsync("ALTER TABLE activities DROP CONSTRAINT activities_never_overbooked");
        var log = new EventCounter<BatchApplier>();

        var (activity, party) = await LessRoomAsync(database, log);

        Assert.Empty(log.Exceptions);
        Assert.Equal("confirmed", party.Rsvp?.Status);
        Assert.Equal(2, await database.ScalarAsync<int>("SELECT confirmed_participants FROM activities WHERE activity_id = $1", activity));
        Assert.Contains("I1", await database.BrokenAsync());
    }

    [Fact]
    public async Task One_command_applied_by_two_writers_at_once_takes_effect_once()
    {
        await using var database = await TestDatabase.CreateAsync();
        var world = new World(database);
        var activity = await world.OpenAsync(capacity: 10);
        var command = World.Submit(activity, Guid.NewGuid(), 3);

        var outcomes = await TogetherAsync(world, activity, guards: true, command, command);

        Assert.Equivalent(outcomes[0], outcomes[1]);
        Assert.Equal(3, await database.ScalarAsync<int>("SELECT confirmed_participants FROM activities WHERE activity_id = $1", activity));
    }

    [Fact]
    public async Task The_outcome_key_alone_keeps_a_command_from_taking_effect_twice()
    {
        await using var database = await TestDatabase.CreateAsync();
        await database.ExecuteAsync("ALTER TABLE rsvp_analytics DROP CONSTRAINT rsvp_analytics_seq");
        await database.ExecuteAsync("ALTER TABLE rsvps DROP CONSTRAINT rsvps_one_per_user");
        var world = new World(database);
        var activity = await world.OpenAsync(capacity: 10);
        var command = World.Submit(activity, Guid.NewGuid());

        await TogetherAsync(world, activity, guards: false, command, command);

        Assert.Equal(1L, await database.ScalarAsync<long>("SELECT count(*) FROM rsvps WHERE activity_id = $1", activity));
    }

    [Fact]
    public async Task Control_without_guard_and_outcome_key_it_takes_effect_twice()
    {
        await using var database = await TestDatabase.CreateAsync();
        await database.ExecuteAsync("ALTER TABLE rsvp_analytics DROP CONSTRAINT rsvp_analytics_seq");
        await database.ExecuteAsync("ALTER TABLE rsvps DROP CONSTRAINT rsvps_one_per_user");
        await database.ExecuteAsync("ALTER TABLE rsvp_requests DROP CONSTRAINT rsvp_requests_pkey");
        var world = new World(database);
        var activity = await world.OpenAsync(capacity: 10);
        var command = World.Submit(activity, Guid.NewGuid());

        await TogetherAsync(world, activity, guards: false, command, command);

        Assert.Equal(2L, await database.ScalarAsync<long>("SELECT count(*) FROM rsvps WHERE activity_id = $1", activity));
    }

    [Fact]
    public async Task Many_writers_on_a_few_activities_break_nothing()
    {
        await using var database = await TestDatabase.CreateAsync();
        var world = new World(database);
        Guid[] activities = [await world.OpenAsync(5), await world.OpenAsync(0), await world.OpenAsync(null)];
        Guid[] users = [.. Enumerable.Range(0, 30).Select(_ => Guid.NewGuid())];

        await Task.WhenAll(Enumerable.Range(0, 4).Select(writer => Task.Run(async () =>
        {
            var random = new Random(writer);
            for (var round = 0; round < 25; round++)
            {
                var commands = Enumerable.Range(0, 6).Select(_ => Any(random, activities[random.Next(3)], users[random.Next(users.Length)])).ToList();
                Assert.DoesNotContain(await world.ApplyAsync(commands), outcome => outcome.Problem?.Code == ProblemCodes.Failed);
            }
        })));
        foreach (var activity in activities)
        {
            await world.ApplyAsync(World.PassOver(activity));
        }

        var report = await new Auditor(database.DataSource).RunAsync();
        Assert.True(report.IsClean, report.ToString());
    }

    private static Command Any(Random random, Guid activity, Guid user) => random.Next(4) switch
    {
        0 => World.Cancel(activity, user),
        1 => World.Resize(activity, user, random.Next(1, 4)),
        _ => World.Submit(activity, user, random.Next(1, 4)),
    };

    /// <summary>Without the guard, a host takes one of two seats away while a party of two is being confirmed.</summary>
    private static async Task<(Guid Activity, CommandOutcome Party)> LessRoomAsync(TestDatabase database, EventCounter<BatchApplier> log)
    {
        var world = new World(database);
        var activity = await world.OpenAsync(capacity: 2);
        var outcomes = await TogetherAsync(
            world, activity, guards: false, World.Patch(activity, world.Host, new UpdateActivity { Capacity = 1 }), World.Submit(activity, Guid.NewGuid(), 2), log);
        Assert.Equal(1, outcomes[0].Activity?.Capacity);
        return (activity, outcomes[1]);
    }

    /// <summary>Holds the activity's row until both writers have loaded and wait to save, the one before the other.</summary>
    private static async Task<CommandOutcome[]> TogetherAsync(
        World world, Guid activity, bool guards, Command one, Command other, EventCounter<BatchApplier>? log = null)
    {
        var name = $"together-{Guid.NewGuid():N}";
        await using var writers = NpgsqlDataSource.Create(world.Database.ConnectionString + $";Application Name={name}");
        await using var holder = await world.Database.DataSource.OpenConnectionAsync();
        await using var transaction = await holder.BeginTransactionAsync();
        await using var hold = new NpgsqlCommand("SELECT 1 FROM activities WHERE activity_id = $1 FOR UPDATE", holder, transaction);
        hold.Parameters.AddWithValue(activity);
        await hold.ExecuteNonQueryAsync();

        List<Task<AppliedBatch>> both = [];
        foreach (var command in new[] { one, other })
        {
            both.Add(world.Applier(guards, writers, log).ApplyAsync([command], 0, default));
            await Eventually.HoldsAsync(
                async () => await world.Database.ScalarAsync<long>(
                    "SELECT count(*) FROM pg_stat_activity WHERE application_name = $1 AND wait_event_type = 'Lock'", name) == both.Count,
                "another writer waits to save what it decided");
        }

        await transaction.CommitAsync();

        return [.. (await Task.WhenAll(both)).Select(applied => applied.Outcomes[0])];
    }
}
