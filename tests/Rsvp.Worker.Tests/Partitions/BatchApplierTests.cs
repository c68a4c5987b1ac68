using Npgsql;
using Rsvp.Contracts;
using Rsvp.Hosting.Problems;
using Rsvp.Testing;
using Rsvp.Worker.Audit;
using Rsvp.Worker.Partitions;

namespace Rsvp.Worker.Tests.Partitions;

public sealed class BatchApplierTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly World _world = new(database);

    [Fact]
    public async Task The_first_to_ask_are_confirmed_and_the_rest_stand_in_line_in_order()
    {
        var activity = await _world.OpenAsync(capacity: 3);
        var commands = Enumerable.Range(0, 8).Select(_ => World.Submit(activity, Guid.NewGuid())).ToList();

        var outcomes = await _world.ApplyAsync(commands);

        Assert.Equal(Enumerable.Repeat("confirmed", 3).Concat(Enumerable.Repeat("waitlisted", 5)), outcomes.Select(outcome => outcome.Rsvp!.Status));
        Assert.Equal([null, null, null, 1, 2, 3, 4, 5], outcomes.Select(outcome => outcome.Rsvp!.WaitlistPosition));
        Assert.All(outcomes, outcome => Assert.True(outcome.Created));
    }

    [Fact]
    public async Task Positions_take_into_account_who_left_earlier_in_the_same_batch_and_before()
    {
        var activity = await _world.OpenAsync(capacity: 0);
        Guid[] users = [.. Enumerable.Range(0, 6).Select(_ => Guid.NewGuid())];
        await _world.ApplyAsync([.. users[..4].Select(user => World.Submit(activity, user, 2))]);

        var outcomes = await _world.ApplyAsync(
        [
            World.Cancel(activity, users[0]), World.Submit(activity, users[4]), World.Cancel(activity, users[2]),
            World.Submit(activity, users[5]), World.Resize(activity, users[3], 1), World.Submit(activity, users[1]),
        ]);

        Assert.Equal([null, 4, null, 4, 2], outcomes.Take(5).Select(outcome => outcome.Rsvp!.WaitlistPosition));
        Assert.Equal(ProblemCodes.AlreadyRegistered, outcomes[5].Problem!.Code);
        Assert.Equal(1, outcomes[5].Problem!.Rsvp!.WaitlistPosition);
    }

    [Fact]
    public async Task A_command_delivered_again_gets_its_first_outcome_and_no_second_effect()
    {
        var activity = await _world.OpenAsync(capacity: 5);
        var command = World.Submit(activity, Guid.NewGuid(), 2);

        var first = await _world.ApplyAsync([command, command]);
        var again = await _world.ApplyAsync([command], deliveryCount: 1);

        Assert.Same(first[0], first[1]);
        Assert.Equivalent(first[0], again[0]);
        Assert.Equal(2, await database.ScalarAsync<int>("SELECT confirmed_participants FROM activities WHERE activity_id = $1", activity));
        Assert.Equal(1L, await database.ScalarAsync<long>("SELECT count(*) FROM rsvp_requests WHERE request_id = $1", command.RequestId));
    }

    [Fact]
    public async Task A_key_used_with_another_body_is_refused_and_keeps_its_first_request()
    {
        var activity = await _world.OpenAsync(capacity: 5);
        var user = Guid.NewGuid();
        var key = Guid.NewGuid();
        var first = World.Submit(activity, user) with { KeyId = key };
        var other = World.Submit(activity, user, 3) with { KeyId = key };

        var together = await _world.ApplyAsync([first, other]);
        var later = await _world.ApplyAsync([World.Submit(activity, user, 4) with { KeyId = key }]);

        Assert.Equal([null, ProblemCodes.IdempotencyKeyReused], together.Select(outcome => outcome.Problem?.Code));
        Assert.Equal(ProblemCodes.IdempotencyKeyReused, later[0].Problem!.Code);
        Assert.Equal(first.RequestId, await database.ScalarAsync<Guid>("SELECT request_id FROM rsvp_requests WHERE key_id = $1", key));
        Assert.Null(await database.ScalarAsync<object>("SELECT key_id FROM rsvp_requests WHERE request_id = $1", other.RequestId));
    }

    [Fact]
    public async Task An_unknown_activity_has_an_outcome_too()
    {
        var command = World.Submit(Guid.NewGuid(), Guid.NewGuid());

        Assert.Equal(ProblemCodes.ActivityNotFound, (await _world.ApplyAsync(command)).Problem!.Code);
        Assert.Equal("rejected", await database.ScalarAsync<string>("SELECT status FROM rsvp_requests WHERE request_id = $1", command.RequestId));
    }

    [Fact]
    public async Task A_command_older_than_seven_days_expires_and_is_not_applied()
    {
        var activity = await _world.OpenAsync(capacity: 5);
        var old = World.Submit(activity, Guid.NewGuid()) with { SubmittedAt = TimeProvider.System.GetUtcNow().AddDays(-7).AddMinutes(-1) };
        var young = World.Submit(activity, Guid.NewGuid()) with { SubmittedAt = TimeProvider.System.GetUtcNow().AddDays(-7).AddMinutes(1) };

        var outcomes = await _world.ApplyAsync([old, young]);

        Assert.Equal([ProblemCodes.Expired, null], outcomes.Select(outcome => outcome.Problem?.Code));
    }

    [Fact]
    public async Task A_deleted_user_is_refused()
    {
        var activity = await _world.OpenAsync(capacity: 5);
        var user = Guid.NewGuid();
        await database.ExecuteAsync("INSERT INTO users (user_id, deleted_at) VALUES ($1, now())", user);

        Assert.Equal(ProblemCodes.UserDeleted, (await _world.ApplyAsync(World.Submit(activity, user))).Problem!.Code);
    }

    [Fact]
    public async Task A_defect_in_one_command_fails_that_command_and_not_its_neighbours()
    {
        var activity = await _world.OpenAsync(capacity: 5);
        var defect = World.Envelope(activity, Guid.NewGuid(), "no_body_at_all");

        var outcomes = await _world.ApplyAsync([World.Submit(activity, Guid.NewGuid()), defect, World.Submit(activity, Guid.NewGuid())]);

        Assert.Equal([null, ProblemCodes.Failed, null], outcomes.Select(outcome => outcome.Problem?.Code));
    }

    [Fact]
    public async Task A_statement_that_fails_for_one_command_fails_that_command_and_not_its_neighbours()
    {
        // A guest count that the API would never let through breaks a CHECK of the table.
        var activity = await _world.OpenAsync(capacity: null, settings => settings with { MaxPartySize = 100 });
        var broken = World.Submit(activity, Guid.NewGuid(), partySize: -5);

        var outcomes = await _world.ApplyAsync([World.Submit(activity, Guid.NewGuid()), broken, World.Submit(activity, Guid.NewGuid())]);

        Assert.Equal([null, ProblemCodes.Failed, null], outcomes.Select(outcome => outcome.Problem?.Code));
        Assert.Equal(2, await database.ScalarAsync<int>("SELECT confirmed_participants FROM activities WHERE activity_id = $1", activity));
    }

    [Fact]
    public async Task A_command_that_was_attempted_three_times_without_an_outcome_fails()
    {
        var activity = await _world.OpenAsync(capacity: 5);
        var killer = World.Submit(activity, Guid.NewGuid());
        await database.ExecuteAsync("INSERT INTO command_attempts (request_id, attempts, last_at) VALUES ($1, 3, now())", killer.RequestId);

        var outcomes = await _world.ApplyAsync([killer, World.Submit(activity, Guid.NewGuid())], deliveryCount: 5);

        Assert.Equal([ProblemCodes.Failed, null], outcomes.Select(outcome => outcome.Problem?.Code));
        Assert.Equal(0L, await database.ScalarAsync<long>("SELECT count(*) FROM command_attempts WHERE request_id = $1", killer.RequestId));
    }

    [Fact]
    public async Task A_command_with_an_outcome_is_no_attempt_however_often_it_is_delivered_with_one_that_kills()
    {
        var activity = await _world.OpenAsync(capacity: 5);
        var innocent = World.Submit(activity, Guid.NewGuid());
        await _world.ApplyAsync(innocent);

        // From the third delivery on each is tried alone.
        for (var delivery = 3; delivery < 9; delivery++)
        {
            await _world.ApplyAsync([innocent], delivery);
        }

        Assert.Equal(0L, await database.ScalarAsync<long>("SELECT count(*) FROM command_attempts WHERE request_id = $1", innocent.RequestId));
    }

    [Fact]
    public async Task An_activity_opened_again_after_its_outcome_was_forgotten_is_the_one_that_is_there()
    {
        var create = World.Envelope(Guid.NewGuid(), _world.Host, CommandNames.CreateActivity) with
        {
            CreateActivity = new CreateActivity { Settings = new ActivitySettings { Title = "Chess night", StartsAt = TimeProvider.System.GetUtcNow().AddDays(7) } },
        };
        var first = await _world.ApplyAsync(create);
        await database.ExecuteAsync("DELETE FROM rsvp_requests WHERE request_id = $1", create.RequestId);

        var again = await _world.ApplyAsync(create);

        Assert.Null(again.Problem);
        Assert.False(again.Created);
        Assert.Equal((first.Activity!.Id, first.Activity.Version), (again.Activity!.Id, again.Activity.Version));
    }

    [Fact]
    public async Task A_start_in_the_first_year_there_is_fails_nobody()
    {
        var activity = await _world.OpenAsync(capacity: 0);
        await _world.ApplyAsync(World.Patch(
            activity,
            _world.Host,
            new UpdateActivity { StartsAt = DateTimeOffset.MinValue.AddDays(1), RegistrationClosesAt = TimeProvider.System.GetUtcNow().AddDays(1), PromotionCutoffMinutes = 2_880 }));

        var waits = await _world.ApplyAsync(World.Submit(activity, Guid.NewGuid()));

        Assert.Equal("waitlisted", waits.Rsvp!.Status);
        Assert.True((await new Auditor(database.DataSource).RunAsync(new AuditOptions { Activities = [activity] })).IsClean);
    }

    [Fact]
    public async Task The_last_host_is_the_last_who_was_not_deleted()
    {
        var activity = await _world.OpenAsync(capacity: 5);
        var gone = Guid.NewGuid();
        await database.ExecuteAsync("INSERT INTO users (user_id) VALUES ($1)", gone);
        var added = await _world.ApplyAsync(World.Envelope(activity, _world.Host, CommandNames.AddHost) with { AddHost = new AddHost { UserId = gone } });
        await database.ExecuteAsync("UPDATE users SET deleted_at = now() WHERE user_id = $1", gone);

        var removed = await _world.ApplyAsync(
            World.Envelope(activity, _world.Host, CommandNames.RemoveHost) with { RemoveHost = new RemoveHost { UserId = _world.Host } });

        Assert.Null(added.Problem);
        Assert.Equal(ProblemCodes.LastHost, removed.Problem!.Code);
    }

    [Fact]
    public async Task A_lock_held_by_somebody_else_is_waited_out_in_place()
    {
        var activity = await _world.OpenAsync(capacity: 5);
        await using var other = await database.DataSource.OpenConnectionAsync();
        await using var transaction = await other.BeginTransactionAsync();
        await using var hold = new NpgsqlCommand("SELECT 1 FROM activities WHERE activity_id = $1 FOR UPDATE", other, transaction);
        hold.Parameters.AddWithValue(activity);
        await hold.ExecuteNonQueryAsync();
        await using var impatient = NpgsqlDataSource.Create(database.ConnectionString + ";Options=-c lock_timeout=50ms;Application Name=impatient");

        var log = new EventCounter<BatchApplier>();
        var applying = _world.Applier(dataSource: impatient, logger: log).ApplyAsync([World.Submit(activity, Guid.NewGuid())], 0, default);
        await Eventually.HoldsAsync(() => log.Count(BatchApplier.TransientEventId) >= 2, "the lock timeout struck twice");
        await transaction.CommitAsync();

        Assert.Null((await applying).Outcomes[0].Problem);
    }

    [Fact]
    public async Task A_host_by_the_token_alone_cannot_change_settings()
    {
        var activity = await _world.OpenAsync(capacity: 5);
        var change = new UpdateActivity { Capacity = 9 };

        var stranger = await _world.ApplyAsync(World.Patch(activity, Guid.NewGuid(), change));
        var host = await _world.ApplyAsync(World.Patch(activity, _world.Host, change));

        Assert.Equal(ProblemCodes.NotHost, stranger.Problem!.Code);
        Assert.Equal(9, host.Activity!.Capacity);
        Assert.Equal(2, host.Activity.Version);
    }

    [Fact]
    public async Task Freed_seats_are_recorded_as_a_vacancy_and_announced_once_per_batch_and_the_pass_clears_it()
    {
        var activity = await _world.OpenAsync(capacity: 2);
        Guid[] users = [.. Enumerable.Range(0, 5).Select(_ => Guid.NewGuid())];
        await _world.ApplyAsync([.. users.Select(user => World.Submit(activity, user))]);

        var freed = await _world.Applier().ApplyAsync([World.Cancel(activity, users[0]), World.Cancel(activity, users[1])], 0, default);
        var vacantSince = await VacantSinceAsync();
        var pass = await _world.Applier().ApplyAsync([World.PassOver(activity, 7)], 0, default);

        Assert.Single(freed.Outbox, message => message.Message is VacancyOpened);
        Assert.NotNull(vacantSince);
        var completed = Assert.Single(pass.Outbox.Select(message => message.Message).OfType<PassCompleted>());
        Assert.Equal((2, false, 7L), (completed.PlacesPromoted, completed.MoreLeft, completed.PassNumber));
        Assert.Null(await VacantSinceAsync());
        Assert.Equal(0L, await database.ScalarAsync<long>("SELECT count(*) FROM rsvp_requests WHERE user_id = $1", Guid.Empty));

        Task<object?> VacantSinceAsync() =>
            database.ScalarAsync<object>("SELECT vacant_since FROM activities WHERE activity_id = $1", activity);
    }
}
