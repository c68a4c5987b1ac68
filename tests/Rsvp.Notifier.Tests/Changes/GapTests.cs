using Microsoft.AspNetCore.SignalR;
using Rsvp.Notifier.Changes;
using Rsvp.Notifier.Tests.Worlds;
using Rsvp.Testing;

namespace Rsvp.Notifier.Tests.Changes;

public sealed class GapTests
{
    [Fact]
    public async Task What_was_missed_while_the_broker_was_away_is_read_when_it_is_back()
    {
        await using var world = await PushWorld.CreateAsync();
        var activity = await TestActivity.OpenAsync(world.Database);
        var (user, newcomer) = (Guid.NewGuid(), Guid.NewGuid());
        await activity.CommitAsync((user, "waitlisted"));
        await using var client = await world.ConnectAsync(user);
        await using var newcomers = await world.ConnectAsync(newcomer);
        await client.WatchActivityAsync(activity.Id);
        await newcomers.WatchActivityAsync(activity.Id);

        // Nobody hears of this commit: it stands for all that came while the queue was not there.
        await activity.CommitAsync((user, "confirmed"), (newcomer, "waitlisted"));
        var bound = world.Log.Count(ChangesLink.BoundEventId);
        await world.Broker.CloseConnectionsAsync("rsvp-notifier");

        await Eventually.HoldsAsync(() => world.Log.Count(ChangesLink.BoundEventId) > bound, "the notifier is bound again");
        await Eventually.HoldsAsync(
            () => client.Capacities.Last().Version == 3 && client.Statuses.Last().Status == "confirmed" && newcomers.Statuses.Any(), "both know what they missed");
        await world.PublishAsync(await activity.CommitAsync((newcomer, "confirmed")));
        await Eventually.HoldsAsync(() => client.Capacities.Last().Version == 4 && newcomers.Statuses.Last().Status == "confirmed", "changes arrive again");
        Versions.AssertNeverGoBack(client);
    }

    [Fact]
    public async Task A_client_that_comes_back_begins_with_what_it_missed()
    {
        await using var world = await PushWorld.CreateAsync();
        var activity = await TestActivity.OpenAsync(world.Database);
        var user = Guid.NewGuid();
        await activity.CommitAsync((user, "waitlisted"));
        var rsvpId = await activity.RsvpIdAsync(user);
        await using (var before = await world.ConnectAsync(user))
        {
            await before.WatchRsvpAsync(rsvpId);
        }

        await world.PublishAsync(await activity.CommitAsync((user, "confirmed")));
        await using var after = await world.ConnectAsync(user);

        Assert.Equal(("confirmed", 3L), ((await after.WatchRsvpAsync(rsvpId)).Status, (await after.FirstStatusAsync()).Version));
    }

    [Fact]
    public async Task An_event_that_was_lost_is_noticed_by_the_next_one()
    {
        await using var world = await PushWorld.CreateAsync();
        var activity = await TestActivity.OpenAsync(world.Database);
        var user = Guid.NewGuid();
        await activity.CommitAsync((user, "waitlisted"));
        await using var client = await world.ConnectAsync(user);
        await client.WatchActivityAsync(activity.Id);

        await activity.CommitAsync((user, "confirmed"));
        await world.PublishAsync(await activity.CommitAsync((Guid.NewGuid(), "confirmed")));

        await Eventually.HoldsAsync(() => client.Statuses.Last().Status == "confirmed", "the lost change was read");
    }

    [Fact]
    public async Task An_event_that_was_lost_and_that_none_followed_is_found_by_comparing_with_the_database()
    {
        await using var world = await PushWorld.CreateAsync(("Push:ReconcileInterval", "00:00:00.200"));
        var activity = await TestActivity.OpenAsync(world.Database);
        var user = Guid.NewGuid();
        await activity.CommitAsync((user, "waitlisted"));
        await using var client = await world.ConnectAsync(user);
        await client.WatchActivityAsync(activity.Id);

        await activity.CommitAsync((user, "confirmed"));

        await Eventually.HoldsAsync(() => client.Capacities.Last().Confirmed == 1 && client.Statuses.Last().Status == "confirmed", "the lost change was found");
    }

    [Fact]
    public async Task Whoever_begins_to_watch_after_an_event_was_lost_does_not_hide_it_from_the_others()
    {
        await using var world = await PushWorld.CreateAsync(("Push:ReconcileInterval", "00:00:02"));
        var activity = await TestActivity.OpenAsync(world.Database);
        var user = Guid.NewGuid();
        await activity.CommitAsync((user, "confirmed"));
        await using var client = await world.ConnectAsync(user);
        await using var newcomer = await world.ConnectAsync(Guid.NewGuid());
        await client.WatchActivityAsync(activity.Id);

        await activity.CommitAsync((user, "cancelled"));
        var snapshot = await newcomer.WatchActivityAsync(activity.Id);

        Assert.Equal(3, snapshot.Version);
        await Eventually.HoldsAsync(() => client.Statuses.Last().Status == "cancelled", "the lost change was found");
    }

    [Fact]
    public async Task Every_notifier_hears_everything()
    {
        await using var world = await PushWorld.CreateAsync();
        var second = await world.StartNotifierAsync();
        var activity = await TestActivity.OpenAsync(world.Database);
        await using var here = await world.ConnectAsync(Guid.NewGuid());
        await using var there = await world.ConnectAsync(Guid.NewGuid(), url: PushWorld.UrlOf(second));
        await here.WatchActivityAsync(activity.Id);
        await there.WatchActivityAsync(activity.Id);

        await world.PublishAsync(await activity.CommitAsync((Guid.NewGuid(), "confirmed")));

        await Eventually.HoldsAsync(() => here.Capacities.Last().Version == 2 && there.Capacities.Last().Version == 2, "both were told");
    }

    [Fact]
    public async Task While_the_database_is_away_watches_are_refused_and_changes_arrive_all_the_same()
    {
        await using var world = await PushWorld.CreateAsync();
        var activity = await TestActivity.OpenAsync(world.Database);
        var user = Guid.NewGuid();
        await activity.CommitAsync((user, "waitlisted"));
        await using var client = await world.ConnectAsync(user);
        await using var late = await world.ConnectAsync(Guid.NewGuid());
        await client.WatchActivityAsync(activity.Id);
        var moved = await activity.CommitAsync((user, "confirmed"));

        await world.Database.RefuseConnectionsAsync();
        await world.PublishAsync(moved);
        var refusal = await Assert.ThrowsAsync<HubException>(() => late.WatchActivityAsync(activity.Id));
        await Eventually.HoldsAsync(() => client.Statuses.Last().Status == "confirmed" && client.Capacities.Last().Version == 3, "the change arrived");
        await world.Database.AllowConnectionsAsync();

        Assert.Contains("unavailable", refusal.Message, StringComparison.Ordinal);
        await Eventually.HoldsAsync(async () => await VersionAsync() == 3, "the database is back for the notifier too");

        async Task<long?> VersionAsync()
        {
            try
            {
                return (await late.WatchActivityAsync(activity.Id)).Version;
            }
            catch (HubException)
            {
                // After a failed read the next one waits a second.
                return null;
            }
        }
    }
}
