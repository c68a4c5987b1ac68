using Microsoft.AspNetCore.SignalR;
using Rsvp.Notifier.Tests.Worlds;
using Rsvp.Testing;

namespace Rsvp.Notifier.Tests.Hubs;

public sealed class WatchRsvpTests(PushWorld world) : IClassFixture<PushWorld>
{
    [Fact]
    public async Task The_owner_sees_every_step_of_his_rsvp()
    {
        var activity = await TestActivity.OpenAsync(world.Database);
        var owner = Guid.NewGuid();
        await activity.CommitAsync((Guid.NewGuid(), "waitlisted"), (owner, "waitlisted"));
        await using var client = await world.ConnectAsync(owner);

        var snapshot = await client.WatchRsvpAsync(await activity.RsvpIdAsync(owner));
        await world.PublishAsync(await activity.CommitAsync((owner, "offered")));
        await world.PublishAsync(await activity.CommitAsync((owner, "confirmed")));
        await Eventually.HoldsAsync(() => client.Statuses.Count() == 3, "both changes arrived");

        Assert.Equal((activity.Id, "waitlisted", 2, 1L, 2L), (snapshot.ActivityId, snapshot.Status, snapshot.WaitlistPosition, snapshot.RsvpVersion, snapshot.Version));
        Assert.Equal(
            [("waitlisted", (int?)2, false, 1L, 2L), ("offered", null, true, 2, 3), ("confirmed", null, false, 3, 4)],
            client.Statuses.Select(status => (status.Status, status.WaitlistPosition, status.OfferExpiresAt is not null, status.RsvpVersion, status.Version)));
        Assert.Empty(client.Capacities);
    }

    [Fact]
    public async Task An_rsvp_that_is_not_the_callers_does_not_exist()
    {
        var activity = await TestActivity.OpenAsync(world.Database);
        var owner = Guid.NewGuid();
        await activity.CommitAsync((owner, "confirmed"));
        var otherActivity = await TestActivity.OpenAsync(world.Database);
        var rsvpId = await activity.RsvpIdAsync(owner);
        await using var stranger = await world.ConnectAsync(Guid.NewGuid());
        await using var otherHost = await world.ConnectAsync(otherActivity.HostId);

        var refused = await Assert.ThrowsAsync<HubException>(() => stranger.WatchRsvpAsync(rsvpId));
        var otherRefused = await Assert.ThrowsAsync<HubException>(() => otherHost.WatchRsvpAsync(rsvpId));
        var unknown = await Assert.ThrowsAsync<HubException>(() => stranger.WatchRsvpAsync(Guid.NewGuid()));
        await world.PublishAsync(await activity.CommitAsync((owner, "cancelled")));
        await stranger.WatchActivityAsync(activity.Id);

        Assert.Contains("rsvp_not_found", refused.Message, StringComparison.Ordinal);
        Assert.Equal(unknown.Message, refused.Message);
        Assert.Equal(unknown.Message, otherRefused.Message);
        Assert.Empty(stranger.Statuses);
    }

    [Fact]
    public async Task Hosts_and_administrators_may_watch_anybodys_rsvp()
    {
        var activity = await TestActivity.OpenAsync(world.Database);
        var owner = Guid.NewGuid();
        await activity.CommitAsync((owner, "confirmed"));
        var rsvpId = await activity.RsvpIdAsync(owner);
        await using var host = await world.ConnectAsync(activity.HostId);
        await using var admin = await world.ConnectAsync(Guid.NewGuid(), role: "admin");

        await host.WatchRsvpAsync(rsvpId);
        await admin.WatchRsvpAsync(rsvpId);
        await world.PublishAsync(await activity.CommitAsync((owner, "cancelled")));

        await Eventually.HoldsAsync(() => host.Statuses.Last().Status == "cancelled" && admin.Statuses.Last().Status == "cancelled", "both were told");
    }

    [Fact]
    public async Task Who_is_removed_as_a_host_is_told_nothing_more_and_the_others_are()
    {
        var activity = await TestActivity.OpenAsync(world.Database);
        var (owner, second) = (Guid.NewGuid(), Guid.NewGuid());
        await activity.AddHostAsync(second);
        await activity.CommitAsync((owner, "waitlisted"), (second, "waitlisted"));
        var rsvpId = await activity.RsvpIdAsync(owner);
        await using var staying = await world.ConnectAsync(activity.HostId);
        await using var leaving = await world.ConnectAsync(second);
        await staying.WatchRsvpAsync(rsvpId);
        await leaving.WatchRsvpAsync(rsvpId);
        await leaving.WatchRsvpAsync(await activity.RsvpIdAsync(second));

        await activity.RemoveHostAsync(second);
        await world.PublishAsync(await activity.CommitAsync(hostsChanged: true, (owner, "confirmed")));
        await world.PublishAsync(await activity.CommitAsync((owner, "cancelled"), (second, "confirmed")));
        await Eventually.HoldsAsync(
            () => staying.Statuses.Last().Status == "cancelled" && leaving.Statuses.Last().Status == "confirmed", "each was told what he may know");

        Assert.Equal("waitlisted", Assert.Single(leaving.Statuses, status => status.RsvpId == rsvpId).Status);
        await Assert.ThrowsAsync<HubException>(() => leaving.WatchRsvpAsync(rsvpId));
    }

    [Fact]
    public async Task Whoever_watches_both_the_activity_and_his_rsvp_is_told_once()
    {
        var activity = await TestActivity.OpenAsync(world.Database);
        var owner = Guid.NewGuid();
        await activity.CommitAsync((owner, "waitlisted"));
        var rsvpId = await activity.RsvpIdAsync(owner);
        await using var client = await world.ConnectAsync(owner);
        await client.WatchRsvpAsync(rsvpId);
        await client.WatchActivityAsync(activity.Id);

        await client.UnwatchRsvpAsync(rsvpId);
        await world.PublishAsync(await activity.CommitAsync((owner, "confirmed")));
        await Eventually.HoldsAsync(() => client.Capacities.Last().Version == 3 && client.Statuses.Last().Status == "confirmed", "the change arrived");

        Assert.Single(client.Statuses, status => status.Status == "confirmed");
    }

    [Fact]
    public async Task A_host_of_a_long_line_gets_every_last_state_at_ten_a_second_at_most()
    {
        var activity = await TestActivity.OpenAsync(world.Database);
        Guid[] users = [.. Enumerable.Range(0, 15).Select(_ => Guid.NewGuid())];
        await activity.CommitAsync([.. users.Select(user => (user, "waitlisted"))]);
        await using var host = await world.ConnectAsync(activity.HostId);
        var started = TimeProvider.System.GetTimestamp();
        foreach (var user in users)
        {
            await host.WatchRsvpAsync(await activity.RsvpIdAsync(user));
        }

        await world.PublishAsync(await activity.CommitAsync([.. users.Select(user => (user, "confirmed"))]));
        await Eventually.HoldsAsync(() => host.Statuses.Count(status => status.Status == "confirmed") == users.Length, "all last states arrived");

        Assert.InRange(host.Statuses.Count(), users.Length, 10 * (1 + TimeProvider.System.GetElapsedTime(started).TotalSeconds));
        Versions.AssertNeverGoBack(host);
    }
}
