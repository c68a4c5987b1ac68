using Microsoft.AspNetCore.SignalR;
using Rsvp.Contracts;
using Rsvp.Notifier.Tests.Worlds;
using Rsvp.Testing;

namespace Rsvp.Notifier.Tests.Hubs;

public sealed class WatchActivityTests(PushWorld world) : IClassFixture<PushWorld>
{
    [Fact]
    public async Task The_snapshot_comes_first_and_then_every_change()
    {
        var activity = await TestActivity.OpenAsync(world.Database);
        await activity.CommitAsync((Guid.NewGuid(), "confirmed"), (Guid.NewGuid(), "waitlisted"));
        await using var client = await world.ConnectAsync(Guid.NewGuid());

        var snapshot = await client.WatchActivityAsync(activity.Id);
        await world.PublishAsync(await activity.CommitAsync((Guid.NewGuid(), "confirmed"), (Guid.NewGuid(), "waitlisted")));
        await Eventually.HoldsAsync(() => client.Capacities.Count() == 2 && client.Waitlists.Count() == 2, "the change arrived");

        Assert.Equal((2L, 1, 99, 1, 1), (snapshot.Version, snapshot.Confirmed, snapshot.Available, snapshot.Waitlisted, snapshot.WaitlistLength));
        Assert.Null(snapshot.Rsvp);
        Assert.Equal([(2L, 1, 1), (3L, 2, 2)], client.Capacities.Select(capacity => (capacity.Version, capacity.Confirmed, capacity.Waitlisted)));
        Assert.Equal([(2L, 1), (3L, 2)], client.Waitlists.Select(waitlist => (waitlist.Version, waitlist.Length)));
    }

    [Fact]
    public async Task Shuffled_and_repeated_events_never_take_a_version_back()
    {
        var activity = await TestActivity.OpenAsync(world.Database);
        await using var client = await world.ConnectAsync(Guid.NewGuid());
        await client.WatchActivityAsync(activity.Id);
        var events = Enumerable.Range(2, 200).Select(version => activity.Event(version, version, version % 7)).ToList();
        await activity.SetVersionAsync(201, 100, 201 % 7);

        await world.PublishAsync(events.Concat(events).OrderBy(_ => Random.Shared.Next()));
        await Eventually.HoldsAsync(() => client.Capacities.Last().Version == 201 && client.Waitlists.Last().Length == 201 % 7, "the last state arrived");

        Versions.AssertNeverGoBack(client);
    }

    [Fact]
    public async Task A_watcher_who_has_an_rsvp_is_told_of_it_and_others_are_not()
    {
        var activity = await TestActivity.OpenAsync(world.Database);
        var (owner, newcomer) = (Guid.NewGuid(), Guid.NewGuid());
        await activity.CommitAsync((owner, "waitlisted"));
        await using var owners = await world.ConnectAsync(owner);
        await using var newcomers = await world.ConnectAsync(newcomer);
        await using var strangers = await world.ConnectAsync(Guid.NewGuid());

        var snapshot = await owners.WatchActivityAsync(activity.Id);
        await newcomers.WatchActivityAsync(activity.Id);
        await strangers.WatchActivityAsync(activity.Id);
        await world.PublishAsync(await activity.CommitAsync((owner, "confirmed"), (newcomer, "waitlisted")));
        await Eventually.HoldsAsync(() => owners.Statuses.Count() == 2 && newcomers.Statuses.Any() && strangers.Capacities.Count() == 2, "all were told");

        Assert.Equal(("waitlisted", 1), (snapshot.Rsvp!.Status, snapshot.Rsvp.WaitlistPosition));
        Assert.Equal([("waitlisted", (int?)1), ("confirmed", null)], owners.Statuses.Select(status => (status.Status, status.WaitlistPosition)));
        Assert.Equal(("waitlisted", 1, 1L), (newcomers.Statuses.First().Status, newcomers.Statuses.First().WaitlistPosition, newcomers.Statuses.First().RsvpVersion));
        Assert.Empty(strangers.Statuses);
    }

    [Fact]
    public async Task Everybody_in_line_is_told_when_his_own_position_changes()
    {
        var activity = await TestActivity.OpenAsync(world.Database, capacity: 0);
        Guid[] users = [.. Enumerable.Range(0, 4).Select(_ => Guid.NewGuid())];
        await activity.CommitAsync([.. users.Select(user => (user, "waitlisted"))]);
        var clients = await Task.WhenAll(users.Select(user => world.ConnectAsync(user)));
        foreach (var client in clients)
        {
            await client.WatchActivityAsync(activity.Id);
        }

        await world.PublishAsync(await activity.CommitAsync((users[1], "cancelled")));
        await Eventually.HoldsAsync(() => clients[3].Statuses.Last().WaitlistPosition == 3 && clients[2].Statuses.Last().WaitlistPosition == 2, "those behind moved up");

        Assert.Equal(1, Assert.Single(clients[0].Statuses).WaitlistPosition);
        Assert.Equal("cancelled", clients[1].Statuses.Last().Status);
        Assert.Equal([4, 3], clients[3].Statuses.Select(status => status.WaitlistPosition));
        Assert.All(clients, Versions.AssertNeverGoBack);
        await DisposeAsync(clients);
    }

    [Fact]
    public async Task Ones_own_position_is_told_once_a_second_at_most_and_the_last_one_arrives()
    {
        const int Ahead = 30;
        var activity = await TestActivity.OpenAsync(world.Database, capacity: 0);
        Guid[] users = [.. Enumerable.Range(0, Ahead + 1).Select(_ => Guid.NewGuid())];
        await activity.CommitAsync([.. users.Select(user => (user, "waitlisted"))]);
        await using var client = await world.ConnectAsync(users[^1]);
        await client.WatchActivityAsync(activity.Id);

        var started = TimeProvider.System.GetTimestamp();
        foreach (var user in users[..Ahead])
        {
            await world.PublishAsync(await activity.CommitAsync((user, "cancelled")));
        }

        await Eventually.HoldsAsync(() => client.Statuses.Last().WaitlistPosition == 1, "the last position arrived");

        // The snapshot, the first change, and then one for each second.
        Assert.InRange(client.Statuses.Count(), 2, 2 + TimeProvider.System.GetElapsedTime(started).TotalSeconds);
        Versions.AssertNeverGoBack(client);
    }

    [Fact]
    public async Task Five_hundred_watchers_of_a_rush_all_end_with_the_last_state_and_none_sees_a_version_go_back()
    {
        const int Changes = 1_000;
        var activity = await TestActivity.OpenAsync(world.Database);
        var clients = await Task.WhenAll(Enumerable.Range(0, 500).Select(_ => world.ConnectAsync(Guid.NewGuid())));
        await Task.WhenAll(clients.Select(client => client.WatchActivityAsync(activity.Id)));
        await activity.SetVersionAsync(1 + Changes, 50);

        await world.PublishAsync(Enumerable.Range(2, Changes).Select(version => activity.Event(version, version)).Chunk(10).SelectMany(chunk => chunk.Reverse()));
        await Eventually.HoldsAsync(
            () => clients.All(client => client.Capacities.Last().Version == 1 + Changes), "all know the last state", TimeSpan.FromSeconds(60));

        Assert.All(clients, Versions.AssertNeverGoBack);
        await DisposeAsync(clients);
    }

    [Fact]
    public async Task A_burst_of_changes_is_merged_to_ten_messages_a_second_at_most_and_the_last_state_arrives()
    {
        const int Changes = 1_000;
        var activity = await TestActivity.OpenAsync(world.Database);
        await using var client = await world.ConnectAsync(Guid.NewGuid());
        await client.WatchActivityAsync(activity.Id);
        await activity.SetVersionAsync(1 + Changes, 50, 1 + Changes);

        var started = TimeProvider.System.GetTimestamp();
        await world.PublishAsync(Enumerable.Range(2, Changes).Select(version => activity.Event(version, version, version)));
        await Eventually.HoldsAsync(() => client.Capacities.Last().Version == 1 + Changes && client.Waitlists.Last().Length == 1 + Changes, "the last state arrived");

        // The window is longer than the one in which the messages were sent, so the bound holds however slow this machine is.
        var bound = 10 * (1 + TimeProvider.System.GetElapsedTime(started).TotalSeconds);
        Assert.InRange(client.Capacities.Count(), 2, bound);
        Assert.InRange(client.Waitlists.Count(), 2, bound);
    }

    [Fact]
    public async Task After_unwatching_nothing_comes_any_more()
    {
        var (left, kept) = (await TestActivity.OpenAsync(world.Database), await TestActivity.OpenAsync(world.Database));
        var user = Guid.NewGuid();
        await left.CommitAsync((user, "waitlisted"));
        await using var client = await world.ConnectAsync(user);
        await client.WatchActivityAsync(left.Id);
        await client.WatchActivityAsync(kept.Id);

        await client.UnwatchActivityAsync(left.Id);
        await world.PublishAsync(await left.CommitAsync((user, "confirmed")), await kept.CommitAsync((Guid.NewGuid(), "confirmed")));
        await Eventually.HoldsAsync(() => client.Capacities.Any(capacity => capacity.ActivityId == kept.Id && capacity.Version == 2), "the other change arrived");

        Assert.DoesNotContain(client.Messages, message => message is CapacityDocument { Version: > 2 } capacity && capacity.ActivityId == left.Id);
        Assert.Single(client.Statuses);
    }

    [Fact]
    public async Task Watching_again_sends_the_snapshot_again()
    {
        var activity = await TestActivity.OpenAsync(world.Database);
        await using var client = await world.ConnectAsync(Guid.NewGuid());

        await client.WatchActivityAsync(activity.Id);
        await client.WatchActivityAsync(activity.Id);

        await Eventually.HoldsAsync(() => client.Capacities.Count() == 2 && client.Waitlists.Count() == 2, "it came twice");
    }

    [Fact]
    public async Task An_unknown_activity_is_refused_by_its_code()
    {
        await using var client = await world.ConnectAsync(Guid.NewGuid());

        var refusal = await Assert.ThrowsAsync<HubException>(() => client.WatchActivityAsync(Guid.NewGuid()));

        Assert.Contains("activity_not_found", refusal.Message, StringComparison.Ordinal);
    }

    private static async Task DisposeAsync(IEnumerable<HubClient> clients)
    {
        foreach (var client in clients)
        {
            await client.DisposeAsync();
        }
    }
}
