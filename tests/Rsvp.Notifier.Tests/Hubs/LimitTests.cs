using System.Net;
using Microsoft.AspNetCore.SignalR;
using Rsvp.Notifier.Tests.Worlds;
using Rsvp.Testing;

namespace Rsvp.Notifier.Tests.Hubs;

public sealed class LimitTests
{
    [Fact]
    public async Task A_connection_watches_so_much_and_no_more()
    {
        await using var world = await PushWorld.CreateAsync(("Push:WatchesMax", "2"));
        var activities = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => TestActivity.OpenAsync(world.Database)));
        await using var client = await world.ConnectAsync(Guid.NewGuid());
        await client.WatchActivityAsync(activities[0].Id);
        await client.WatchActivityAsync(activities[1].Id);

        var refusal = await Assert.ThrowsAsync<HubException>(() => client.WatchActivityAsync(activities[2].Id));
        await client.UnwatchActivityAsync(activities[0].Id);

        Assert.Contains("too_many_watches", refusal.Message, StringComparison.Ordinal);
        await client.WatchActivityAsync(activities[2].Id);
    }

    [Fact]
    public async Task A_user_has_so_many_connections_of_both_kinds_and_no_more_and_others_have_theirs()
    {
        await using var world = await PushWorld.CreateAsync(("Push:ConnectionsPerUserMax", "2"));
        var activity = await TestActivity.OpenAsync(world.Database);
        var path = $"/api/activities/{activity.Id}/capacity";
        var user = Guid.NewGuid();
        await using var hub = await world.ConnectAsync(user);
        var socket = await SocketClient.ConnectAsync(world.Url, path, TestTokens.For(user));
        await hub.WatchActivityAsync(activity.Id);

        var refusal = await SocketClient.RefusalAsync(world.Url, path, TestTokens.For(user));
        var third = await Record.ExceptionAsync(ConnectAndWatchAsync);
        await using var another = await world.ConnectAsync(Guid.NewGuid());

        Assert.Equal((HttpStatusCode.TooManyRequests, "too_many_connections"), refusal);
        Assert.NotNull(third);
        await another.WatchActivityAsync(activity.Id);

        // A connection that ends makes room for another.
        await socket.DisposeAsync();
        await Eventually.HoldsAsync(async () => await Record.ExceptionAsync(ConnectAndWatchAsync) is null, "another connection is taken");
        await hub.WatchActivityAsync(activity.Id);

        async Task ConnectAndWatchAsync()
        {
            await using var client = await world.ConnectAsync(user);
            await client.WatchActivityAsync(activity.Id);
        }
    }

    [Fact]
    public async Task Calls_are_bounded_and_whoever_calls_on_is_disconnected()
    {
        await using var world = await PushWorld.CreateAsync(("Push:CallBurstMax", "5"), ("Push:CallsPerSecondMax", "1"));
        var activity = await TestActivity.OpenAsync(world.Database);
        await using var client = await world.ConnectAsync(Guid.NewGuid());

        var refusal = await Assert.ThrowsAsync<HubException>(async () =>
        {
            while (true)
            {
                await client.WatchActivityAsync(activity.Id);
            }
        });

        Assert.Contains("rate_limited", refusal.Message, StringComparison.Ordinal);
        await Eventually.HoldsAsync(
            async () =>
            {
                try
                {
                    await (client.IsConnected ? client.SendAsync("UnwatchActivity", activity.Id) : Task.CompletedTask);
                }
                catch (Exception closed) when (closed is InvalidOperationException or OperationCanceledException or IOException)
                {
                    // Between the look and the call.
                }

                return !client.IsConnected;
            },
            "the connection was closed");
    }

    [Fact]
    public async Task A_message_that_is_too_large_ends_the_connection()
    {
        await using var world = await PushWorld.CreateAsync();
        await using var client = await world.ConnectAsync(Guid.NewGuid());

        await client.SendAsync("WatchActivity", new string('x', 5_000));

        await Eventually.HoldsAsync(() => !client.IsConnected, "the connection was closed");
    }

    [Fact]
    public async Task A_client_that_takes_nothing_is_dropped_and_the_others_are_not_affected()
    {
        await using var world = await PushWorld.CreateAsync(("Push:SendTimeout", "00:00:01"), ("Push:CallBurstMax", "100000"));
        var activity = await TestActivity.OpenAsync(world.Database);
        await using var healthy = await world.ConnectAsync(Guid.NewGuid());
        await healthy.WatchActivityAsync(activity.Id);
        await using var stalled = await StalledClient.ConnectAsync(world.Url, TestTokens.For(Guid.NewGuid()), activity.Id);
        await activity.SetVersionAsync(1_000_000, 1);

        // The answers to its calls fill everything between the notifier and the client; changes go on meanwhile.
        var version = 1;
        await Eventually.HoldsAsync(
            async () =>
            {
                stalled.Call();
                await world.PublishAsync(activity.Event(++version, version));
                return stalled.IsDropped;
            },
            "the client that takes nothing was dropped",
            TimeSpan.FromSeconds(60));

        await world.PublishAsync(activity.Event(2_000_000, 7));
        await Eventually.HoldsAsync(() => healthy.Capacities.Last().Version == 2_000_000, "the other client has the last state");
        Assert.True(healthy.IsConnected);
        Versions.AssertNeverGoBack(healthy);
    }
}
