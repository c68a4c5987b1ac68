using Npgsql;
using Rsvp.Testing;
using Rsvp.Worker.Audit;
using Rsvp.Worker.Decisions;

namespace Rsvp.Worker.Tests.Audit;

/// <summary>A clean world is found clean; each thing broken by hand in the tables is found, and nothing else with it.</summary>
public sealed class AuditorTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private const string TellsOfNoLogRow = "SELECT gen_random_uuid(), user_id, activity_id, rsvp_id, kind";

    [Fact]
    public async Task An_empty_database_is_clean()
    {
        var report = await new Auditor(database.DataSource).RunAsync();

        Assert.True(report.IsClean, report.ToString());
    }

    [Fact]
    public async Task A_correct_history_is_clean()
    {
        await using var sandbox = await CreateWorldAsync();

        var report = await sandbox.ReportsAsync();

        Assert.Equal(["I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8"], report.Invariants.Select(invariant => invariant.Id));
        Assert.All(report.Invariants, invariant => Assert.True(invariant.RowsChecked > 0));
    }

    // Constraints that would prevent the damage are dropped first. Two invariants are named where one damage is both.
    [Theory]
    [InlineData("I1,I2", "UPDATE activities SET confirmed_participants = 99")]
    [InlineData("I1,I8", "UPDATE activities SET capacity = 5")]
    [InlineData("I1,I2,I6", "UPDATE rsvps SET guest_count = 50 WHERE status = 'confirmed'")]
    [InlineData("I2", "UPDATE activities SET confirmed_participants = confirmed_participants - 1")]
    [InlineData("I2", "UPDATE activities SET offered_participants = offered_participants - 1")]
    [InlineData("I2", "UPDATE activities SET waitlisted_participants = waitlisted_participants + 1")]
    [InlineData("I2", "UPDATE activities SET waitlisted_places = waitlisted_places + 1")]
    [InlineData("I2", "UPDATE activities SET checked_in_participants = 1")]
    [InlineData("I2", "UPDATE activities SET overridden_participants = 1")]
    [InlineData("I2,I6", "UPDATE activities SET log_seq = log_seq + 1")]
    [InlineData("I2", "UPDATE rsvps SET place_spots = place_spots + 1 WHERE status = 'waitlisted'")]
    [InlineData("I3", "ALTER TABLE rsvps DROP CONSTRAINT rsvps_in_line; UPDATE rsvps SET line_key = 7 WHERE status = 'confirmed'")]
    [InlineData("I3", "ALTER TABLE rsvps DROP CONSTRAINT rsvps_in_line; UPDATE rsvps SET place_spots = 7 WHERE status = 'cancelled'")]
    [InlineData("I3", "ALTER TABLE rsvps DROP CONSTRAINT rsvps_offered_until; UPDATE rsvps SET offer_expires_at = NULL WHERE status = 'offered'")]
    [InlineData("I2,I3", "ALTER TABLE rsvps DROP CONSTRAINT rsvps_checked_in_is_confirmed; UPDATE rsvps SET checked_in_at = now() WHERE status = 'waitlisted'")]
    [InlineData("I2,I3", "ALTER TABLE rsvps DROP CONSTRAINT rsvps_override_ends; UPDATE rsvps SET override_spots = 1 WHERE status = 'cancelled'")]
    [InlineData("I3", "ALTER TABLE rsvps DROP CONSTRAINT rsvps_place; UPDATE rsvps SET place_id = gen_random_uuid() WHERE status = 'confirmed'")]
    [InlineData("I3", "DELETE FROM users WHERE user_id = (SELECT user_id FROM rsvps LIMIT 1)")]
    [InlineData("I5", "UPDATE activities SET next_line_key = 1")]
    [InlineData("I5", "UPDATE rsvps SET line_seq = line_seq + 1 WHERE group_id IS NOT NULL AND guest_count = 0")]
    [InlineData("I5,I8", "UPDATE rsvps SET line_key = line_key + 1 WHERE group_id IS NOT NULL AND guest_count = 0")]
    [InlineData("I5,I8", "UPDATE rsvps SET line_key = (SELECT max(line_key) FROM rsvps) WHERE status = 'waitlisted'")]
    [InlineData("I6", "DELETE FROM notifications WHERE kind = 'promoted'")]
    [InlineData("I6", "UPDATE notifications SET user_id = gen_random_uuid() WHERE kind = 'promoted'")]
    [InlineData("I6", "UPDATE notifications SET kind = 'cancelled' WHERE kind = 'promoted'")]
    [InlineData("I6", "INSERT INTO notifications SELECT log_id, user_id, activity_id, rsvp_id, action, at FROM rsvp_analytics WHERE action = 'refused' AND rsvp_id IS NOT NULL")]
    [InlineData("I6", "INSERT INTO notifications SELECT gen_random_uuid(), user_id, activity_id, rsvp_id, kind, created_at FROM notifications LIMIT 1")]
    [InlineData("I6", "DELETE FROM rsvp_analytics WHERE action = 'offered'")]
    [InlineData("I6", "UPDATE rsvp_analytics SET rsvp_version = 9 WHERE action = 'promoted'")]
    [InlineData("I6", "UPDATE rsvps SET version = version + 1 WHERE status = 'offered'")]
    [InlineData("I2,I6", "UPDATE rsvps SET guest_count = guest_count - 1 WHERE status = 'confirmed' AND guest_count > 0")]
    [InlineData("I6", "UPDATE rsvp_analytics SET spots_affected = 1 WHERE action = 'refused'")]
    [InlineData("I6,I8", "UPDATE rsvp_analytics SET previous_status = 'confirmed' WHERE action = 'offered'")]
    [InlineData("I6", "UPDATE rsvp_analytics SET new_status = 'cancelled' WHERE action = 'refused'")]
    [InlineData("I6,I8", "DELETE FROM notifications WHERE kind = 'cancelled'; UPDATE rsvp_analytics SET rsvp_id = gen_random_uuid() WHERE action = 'cancelled'")]
    [InlineData("I7", "UPDATE rsvp_requests SET user_id = gen_random_uuid()")]
    [InlineData("I7", "UPDATE rsvp_requests SET activity_id = gen_random_uuid()")]
    [InlineData("I7", "UPDATE rsvp_requests SET command = 'another'")]
    [InlineData("I7", "UPDATE rsvp_requests SET code = 'another' WHERE status = 'rejected'")]
    [InlineData("I7", "UPDATE rsvp_requests SET status = 'rejected', code = 'failed' WHERE status = 'completed'")]
    [InlineData("I7", "UPDATE rsvp_requests SET outcome = '[1, 2]'")]
    [InlineData("I7", "UPDATE rsvp_requests SET outcome = '{}'")]
    [InlineData("I7", "DELETE FROM rsvp_requests WHERE status = 'completed'")]
    [InlineData("I7", "ALTER TABLE rsvp_requests DROP CONSTRAINT rsvp_requests_pkey; INSERT INTO rsvp_requests SELECT * FROM rsvp_requests")]
    [InlineData("I7", "DROP INDEX rsvp_requests_key; UPDATE rsvp_requests SET key_id = activity_id")]
    [InlineData("I8", "UPDATE rsvp_analytics SET free_before = free_before + 1")]
    [InlineData("I8", "UPDATE rsvp_analytics SET free_before = NULL WHERE action = 'promoted'")]
    [InlineData("I8", "UPDATE rsvp_analytics SET spots_affected = spots_affected + 1 WHERE action = 'promoted'")]
    [InlineData("I8", "UPDATE rsvp_analytics SET line_key = line_key + 1 WHERE action = 'promoted'")]
    [InlineData("I8", "UPDATE rsvp_analytics SET line_key = NULL WHERE action = 'waitlisted'")]
    [InlineData("I8", "UPDATE rsvp_analytics SET metadata = NULL WHERE action = 'created'")]
    [InlineData("I8", "UPDATE rsvp_analytics SET metadata = '{\"capacity\": 7, \"skipLimit\": 4}' WHERE action = 'settings_changed'")]
    [InlineData("I8", "UPDATE activities SET skip_limit = 3")]
    public async Task What_is_broken_by_hand_is_reported_and_nothing_else(string invariants, string sql)
    {
        await using var sandbox = await CreateWorldAsync();
        var activities = (await sandbox.ScalarAsync<Guid[]>("SELECT array_agg(activity_id) FROM activities"))!;
        Assert.NotEqual(0, await sandbox.ExecuteAsync(sql));

        await sandbox.ReportsAsync(invariants.Split(','));

        // The audit of some activities sees the same of them, but for what no log speaks of.
        await sandbox.ReportsAsync(new AuditOptions { Activities = activities }, sql.Contains(TellsOfNoLogRow, StringComparison.Ordinal) ? [] : invariants.Split(','));
        await sandbox.ReportsAsync(new AuditOptions { Activities = [Guid.NewGuid()] });
    }

    [Fact]
    public async Task Two_active_rsvps_of_a_user_are_reported()
    {
        await using var sandbox = await CreateWorldAsync();
        await sandbox.ExecuteAsync(
            """
            ALTER TABLE rsvps DROP CONSTRAINT rsvps_one_per_user;
            UPDATE rsvps SET user_id = (SELECT host.user_id FROM activity_hosts host);
            UPDATE rsvp_analytics SET user_id = (SELECT host.user_id FROM activity_hosts host);
            UPDATE notifications SET user_id = (SELECT host.user_id FROM activity_hosts host);
            """);

        var report = await sandbox.ReportsAsync("I3");

        Assert.Matches("user .* has 8 RSVPs, 7 of them active", report.ToString());
    }

    [Fact]
    public async Task Every_request_of_a_clients_journal_must_have_an_outcome_once_nothing_is_in_flight()
    {
        await using var sandbox = await CreateWorldAsync();
        var decided = (await sandbox.ScalarAsync<Guid[]>("SELECT array_agg(request_id) FROM rsvp_requests"))!;
        var lost = Guid.NewGuid();

        await sandbox.ReportsAsync(new AuditOptions { Journal = decided });
        await sandbox.ReportsAsync(new AuditOptions { Journal = [.. decided, lost], IsQuiescent = false });
        var report = await sandbox.ReportsAsync(new AuditOptions { Journal = [.. decided, lost] }, "I7");

        Assert.Contains($"request {lost} was accepted, but has no outcome", report.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_report_lists_the_first_violations_and_counts_the_rest()
    {
        await using var sandbox = await AuditSandbox.OpenAsync(database);
        for (var i = 0; i < Invariant.ListedMax + 7; i++)
        {
            await sandbox.SaveAsync(new AuditWorld(capacity: 1));
        }

        await sandbox.ExecuteAsync("UPDATE activities SET confirmed_participants = 1");

        var report = await sandbox.ReportsAsync("I2");
        Assert.Equal(Invariant.ListedMax + 7, report.ViolationCount);
        Assert.Contains("confirmed_participants is 1, but a recount gives 0", report.ToString(), StringComparison.Ordinal);
        Assert.Contains("… and 7 more", report.ToString(), StringComparison.Ordinal);
        Assert.EndsWith(" s.", report.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_auditors_role_may_only_read_and_can_audit()
    {
        await using var reader = NpgsqlDataSource.Create(await database.ConnectionStringOfAsync("rsvp_auditor"));

        var report = await new Auditor(reader).RunAsync();

        Assert.True(report.IsClean, report.ToString());
    }

    [Fact]
    public void The_auditor_expects_a_notification_of_what_the_worker_tells()
    {
        var actions = typeof(LogActions).GetFields().Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!);

        Assert.All(actions, action =>
            Assert.Equal(LogIsComplete.HeardActions.Contains($"'{action}'", StringComparison.Ordinal), LogActions.IsHeard(action)));
    }

    /// <summary>Eight parties, a group among them, and every kind of step.</summary>
    private async Task<AuditSandbox> CreateWorldAsync()
    {
        var world = new AuditWorld(capacity: 6);
        var two = world.Confirm(2);
        var three = world.Confirm(3);
        var one = world.Confirm(1);
        world.Refuse(two, "already_registered");
        world.Refuse(null, "activity_full");
        var pair = world.Wait(2);
        var single = world.Wait(1, "line_ahead");
        var group = Guid.NewGuid();
        world.Wait(2, "line_ahead", group);
        world.Wait(1, "line_ahead", group);
        var last = world.Wait(1, "line_ahead");

        world.Cancel(one);
        world.Promote(single); // past the pair, which does not fit
        world.Cancel(two);
        world.Promote(pair);
        world.Resize(three, 2);
        world.Offer(last); // past the group
        world.WaitAgain(one);
        world.GrowToBack(one, 4);
        world.Resize(one, 3);
        world.ChangeSettings(capacity: 6, skipLimit: 4);

        var sandbox = await AuditSandbox.OpenAsync(database);
        await sandbox.SaveAsync(world);
        return sandbox;
    }
}
