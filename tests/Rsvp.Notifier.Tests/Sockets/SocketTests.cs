using System.Net;
using System.Net.WebSockets;
using System.Text.Json;
using Rsvp.Notifier.Tests.Worlds;
using Rsvp.Testing;

namespace Rsvp.Notifier.Tests.Sockets;

public sealed class SocketTests(PushWorld world) : IClassFixture<PushWorld>
{
    [Fact]
    public async Task The_capacity_socket_begins_with_a_snapshot_and_goes_on_with_changes_of_the_capacity()
    {
        var activity = await TestActivity.OpenAsync(world.Database);
        var user = Guid.NewGuid();
        await activity.CommitAsync((user, "waitlisted"));
        await using var socket = await SocketClient.ConnectAsync(world.Url, Capacity(activity), TestTokens.For(user));

        var snapshot = await socket.ReceiveAsync();
        await world.PublishAsync(await activity.CommitAsync((user, "confirmed"), (Guid.NewGuid(), "confirmed")));
        var change = await socket.ReceiveAsync();

        Assert.Equal(("capacity_update", 2L, 0), Read(snapshot));
        Assert.Equal(("capacity_update", 3L, 2), Read(change));
        Assert.Equal(activity.Id, snapshot.GetProperty("data").GetProperty("activityId").GetGuid());
        Assert.EndsWith("Z", snapshot.GetProperty("timestamp").GetString(), StringComparison.Ordinal);

        static (string?, long, int) Read(JsonElement message) => (
            message.GetProperty("type").GetString(),
            message.GetProperty("data").GetProperty("version").GetInt64(),
            message.GetProperty("data").GetProperty("confirmed").GetInt32());
    }

    [Fact]
    public async Task The_status_socket_begins_with_a_snapshot_and_goes_on_with_changes_of_the_rsvp()
    {
        var activity = await TestActivity.OpenAsync(world.Database);
        var user = Guid.NewGuid();
        await activity.CommitAsync((user, "waitlisted"));
        var rsvpId = await activity.RsvpIdAsync(user);
        await using var owner = await SocketClient.ConnectAsync(world.Url, Status(rsvpId), TestTokens.For(user));
        await using var host = await SocketClient.ConnectAsync(world.Url, Status(rsvpId), TestTokens.For(activity.HostId));

        var snapshot = await owner.ReceiveAsync();
        await host.ReceiveAsync();
        await world.PublishAsync(await activity.CommitAsync((user, "confirmed")));
        var change = await owner.ReceiveAsync();

        Assert.Equal(("rsvp_status_update", "waitlisted", 1), (
            snapshot.GetProperty("type").GetString(),
            snapshot.GetProperty("data").GetProperty("status").GetString(),
            snapshot.GetProperty("data").GetProperty("waitlistPosition").GetInt32()));
        Assert.Equal("confirmed", change.GetProperty("data").GetProperty("status").GetString());
        Assert.Equal(JsonValueKind.Null, change.GetProperty("data").GetProperty("waitlistPosition").ValueKind);
        Assert.Equal("confirmed", (await host.ReceiveAsync()).GetProperty("data").GetProperty("status").GetString());
    }

    [Fact]
    public async Task What_is_not_there_or_not_the_callers_is_404_and_no_token_401()
    {
        var activity = await TestActivity.OpenAsync(world.Database);
        var user = Guid.NewGuid();
        await activity.CommitAsync((user, "confirmed"));
        var rsvpId = await activity.RsvpIdAsync(user);
        var stranger = TestTokens.For(Guid.NewGuid());

        Assert.Equal((HttpStatusCode.NotFound, "activity_not_found"), await SocketClient.RefusalAsync(world.Url, $"/api/activities/{Guid.NewGuid()}/capacity", stranger));
        Assert.Equal((HttpStatusCode.NotFound, "rsvp_not_found"), await SocketClient.RefusalAsync(world.Url, Status(rsvpId), stranger));
        Assert.Equal((HttpStatusCode.NotFound, "rsvp_not_found"), await SocketClient.RefusalAsync(world.Url, Status(Guid.NewGuid()), stranger));
        Assert.Equal((HttpStatusCode.Unauthorized, "unauthorized"), await SocketClient.RefusalAsync(world.Url, Status(rsvpId), token: null));
    }

    [Fact]
    public async Task A_plain_request_is_told_to_upgrade()
    {
        using var http = new HttpClient { BaseAddress = world.Url };
        http.DefaultRequestHeaders.Add("Authorization", "Bearer " + TestTokens.For(Guid.NewGuid()));

        using var answer = await http.GetAsync(new Uri(Status(Guid.NewGuid()), UriKind.Relative));
        var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;

        Assert.Equal(HttpStatusCode.UpgradeRequired, answer.StatusCode);
        Assert.Equal("upgrade_required", problem.GetProperty("code").GetString());
        Assert.Contains("websocket", answer.Headers.Upgrade.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_socket_is_closed_when_its_host_is_removed()
    {
        var activity = await TestActivity.OpenAsync(world.Database);
        var user = Guid.NewGuid();
        await activity.CommitAsync((user, "confirmed"));
        await using var socket = await SocketClient.ConnectAsync(world.Url, Status(await activity.RsvpIdAsync(user)), TestTokens.For(activity.HostId));
        await socket.ReceiveAsync();

        await activity.RemoveHostAsync(activity.HostId);
        await world.PublishAsync(await activity.CommitAsync(hostsChanged: true, (user, "cancelled")));
        var status = await Eventually.EndsAsync(socket.ReceiveCloseAsync(), "the socket was closed");

        Assert.Equal((WebSocketCloseStatus.PolicyViolation, "rsvp_not_found"), (status!.Value, socket.CloseReason));
    }

    [Fact]
    public async Task A_client_that_talks_is_shown_out_and_one_that_leaves_is_bidden_farewell()
    {
        var activity = await TestActivity.OpenAsync(world.Database);
        await using var talker = await SocketClient.ConnectAsync(world.Url, Capacity(activity), TestTokens.For(Guid.NewGuid()));
        await using var leaver = await SocketClient.ConnectAsync(world.Url, Capacity(activity), TestTokens.For(Guid.NewGuid()));

        await leaver.ReceiveAsync();
        await leaver.CloseAsync();
        for (var message = 0; message <= 20; message++)
        {
            await talker.SendAsync("hello?");
        }

        Assert.Equal(WebSocketCloseStatus.NormalClosure, leaver.CloseStatus);
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, await Eventually.EndsAsync(talker.ReceiveCloseAsync(), "the talker was shown out"));
    }

    [Fact]
    public async Task When_the_notifier_stops_clients_are_told_to_connect_again()
    {
        await using var stopping = await PushWorld.CreateAsync();
        var activity = await TestActivity.OpenAsync(stopping.Database);
        await using var socket = await SocketClient.ConnectAsync(stopping.Url, Capacity(activity), TestTokens.For(Guid.NewGuid()));
        await using var hub = await stopping.ConnectAsync(Guid.NewGuid());
        await socket.ReceiveAsync();

        var stopped = stopping.First.StopAsync();

        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, await Eventually.EndsAsync(socket.ReceiveCloseAsync(), "the socket was closed"));
        await Eventually.HoldsAsync(() => !hub.IsConnected, "the hub connection was closed");
        await stopped;
    }

    private static string Capacity(TestActivity activity) => $"/api/activities/{activity.Id}/capacity";

    private static string Status(Guid rsvpId) => $"/api/rsvps/{rsvpId}/status";
}
