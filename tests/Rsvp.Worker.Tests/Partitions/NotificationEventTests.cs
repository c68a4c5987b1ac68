using Rsvp.Contracts;
using Rsvp.Testing;
using Rsvp.Worker.Audit;

namespace Rsvp.Worker.Tests.Partitions;

/// <summary>What is stored for people to hear of is what the event says, row for row.</summary>
public sealed class NotificationEventTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly World _world = new(database);

    [Fact]
    public async Task Every_row_to_be_heard_is_in_one_event_of_its_activity_under_its_own_id()
    {
        var (here, there) = (await _world.OpenAsync(capacity: 1), await _world.OpenAsync(capacity: 5));
        var (first, second) = (Guid.NewGuid(), Guid.NewGuid());

        var issued = await IssuedAsync(
            World.Submit(here, first), World.Submit(here, second, partySize: 3), World.Submit(here, second), World.Submit(there, first, partySize: 2));

        Assert.Equal([(here, 2), (there, 1)], issued.Select(message => (message.ActivityId, message.Notifications.Count)));
        Assert.Equal(
            [(first, "confirmed", "confirmed", 1), (second, "waitlisted", "waitlisted", 3), (first, "confirmed", "confirmed", 2)],
            issued.SelectMany(message => message.Notifications).Select(told => (told.UserId, told.Kind, told.Status, told.PartySize)));
        await AssertStoredAsync(here, issued[0]);
        await AssertStoredAsync(there, issued[1]);
    }

    [Fact]
    public async Task A_promotion_is_told_by_the_batch_of_its_pass()
    {
        var activity = await _world.OpenAsync(capacity: 1);
        var (leaves, waits) = (Guid.NewGuid(), Guid.NewGuid());
        await _world.ApplyAsync([World.Submit(activity, leaves), World.Submit(activity, waits)]);

        var cancelled = Assert.Single(await IssuedAsync(World.Cancel(activity, leaves)));
        var promoted = Assert.Single(await IssuedAsync(World.PassOver(activity)));

        Assert.Equal((leaves, "cancelled", "cancelled"), Told(cancelled));
        Assert.Equal((waits, "promoted", "confirmed"), Told(promoted));

        static (Guid, string, string) Told(NotificationsIssued message) =>
            (Assert.Single(message.Notifications).UserId, message.Notifications[0].Kind, message.Notifications[0].Status);
    }

    [Fact]
    public async Task A_batch_that_nobody_needs_to_hear_of_has_no_such_event()
    {
        var activity = await _world.OpenAsync(capacity: 0, settings => settings with { WaitlistEnabled = false });

        Assert.Empty(await IssuedAsync(World.Patch(activity, _world.Host, new UpdateActivity { Title = "Go night" })));
        Assert.Empty(await IssuedAsync(World.Submit(activity, Guid.NewGuid())));
    }

    [Fact]
    public async Task A_command_delivered_again_issues_nothing()
    {
        var activity = await _world.OpenAsync(capacity: 5);
        var command = World.Submit(activity, Guid.NewGuid());

        Assert.Single(await IssuedAsync(command));
        Assert.Empty(await IssuedAsync(command));
    }

    [Fact]
    public async Task A_very_large_batch_is_told_in_several_messages_that_overlap_nowhere()
    {
        var activity = await _world.OpenAsync(capacity: 5);

        var issued = await IssuedAsync([.. Enumerable.Range(0, 700).Select(_ => World.Submit(activity, Guid.NewGuid()))]);

        Assert.Equal([512, 188], issued.Select(message => message.Notifications.Count));
        Assert.Equal(700, issued.SelectMany(message => message.Notifications).Select(told => told.NotificationId).Distinct().Count());
    }

    [Fact]
    public void The_kinds_that_are_published_are_those_that_the_auditor_expects()
    {
        var expected = LogIsComplete.HeardActions.Split(',').Select(action => action.Trim().Trim('\''));

        Assert.Equal(expected.Order(), NotificationKinds.All.Order());
    }

    private async Task AssertStoredAsync(Guid activityId, NotificationsIssued issued)
    {
        Guid[] ids = [.. issued.Notifications.Select(told => told.NotificationId)];

        Assert.Equal(ids.Length, await database.ScalarAsync<long>("SELECT count(*) FROM notifications WHERE activity_id = $1", activityId));
        Assert.Equal(
            ids.Length,
            await database.ScalarAsync<long>(
                """
                SELECT count(*)
                FROM   unnest($1, $2, $3) AS told (log_id, user_id, kind)
                JOIN   notifications n USING (log_id, user_id, kind)
                JOIN   rsvp_analytics l USING (log_id, user_id)
                """,
                ids,
                issued.Notifications.Select(told => told.UserId).ToArray(),
                issued.Notifications.Select(told => told.Kind).ToArray()));
    }

    private async Task<List<NotificationsIssued>> IssuedAsync(params Command[] commands) =>
        [.. (await _world.Applier().ApplyAsync(commands, 0, default)).Outbox.Select(message => message.Message).OfType<NotificationsIssued>()];
}
