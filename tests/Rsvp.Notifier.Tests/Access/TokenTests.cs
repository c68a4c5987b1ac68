using System.Net;
using System.Net.WebSockets;
using System.Text.Json;
using Microsoft.AspNetCore.SignalR;
using Rsvp.Notifier.Tests.Worlds;
using Rsvp.Testing;

namespace Rsvp.Notifier.Tests.Access;

public sealed class TokenTests(PushWorld world) : IClassFixture<PushWorld>
{
    private static readonly string[] LogCategories = ["SignalR", "Http", "Authentication", "Authorization", "Hosting", "Routing", "Server", "WebSockets"];

    [Fact]
    public async Task Without_a_token_there_is_no_connection()
    {
        using var http = new HttpClient { BaseAddress = world.Url };

        using var answer = await http.PostAsync(new Uri("/hubs/rsvp/negotiate?negotiateVersion=1", UriKind.Relative), null);
        var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("unauthorized", problem.GetProperty("code").GetString());
        await Assert.ThrowsAnyAsync<Exception>(() => HubClient.ConnectAsync(world.Url, token: null));
    }

    [Fact]
    public async Task A_token_that_is_not_good_in_every_respect_opens_no_connection()
    {
        var tokens = new BadTokens(TestTokens.Issuer, TestTokens.Audience, TestTokens.Key);
        using var http = new HttpClient { BaseAddress = world.Url };

        foreach (var (what, token) in tokens.All())
        {
            Assert.True(await NegotiateAsync(token) == HttpStatusCode.Unauthorized, what);
        }

        Assert.Equal(HttpStatusCode.OK, await NegotiateAsync(tokens.WithinTolerance()["good"]));

        async Task<HttpStatusCode> NegotiateAsync(string token)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/hubs/rsvp/negotiate?negotiateVersion=1");
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
            using var answer = await http.SendAsync(request);
            return answer.StatusCode;
        }
    }

    [Fact]
    public async Task A_token_in_the_query_counts_on_the_hub_and_on_upgrades_to_the_sockets_alone()
    {
        var activity = await TestActivity.OpenAsync(world.Database);
        var token = TestTokens.For(activity.HostId);
        using var http = new HttpClient { BaseAddress = world.Url };

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(HttpMethod.Post, "/hubs/rsvp/negotiate"));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(HttpMethod.Get, $"/api/activities/{activity.Id}/capacity"));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(HttpMethod.Get, $"/api/rsvps/{Guid.NewGuid()}/status"));
        await using var socket = await SocketClient.ConnectAsync(world.Url, $"/api/activities/{activity.Id}/capacity?access_token={token}");
        await socket.ReceiveAsync();

        async Task<HttpStatusCode> StatusAsync(HttpMethod method, string path)
        {
            using var request = new HttpRequestMessage(method, $"{path}?negotiateVersion=1&access_token={token}");
            using var answer = await http.SendAsync(request);
            return answer.StatusCode;
        }
    }

    [Fact]
    public async Task A_token_is_never_logged()
    {
        await using var verbose = await PushWorld.CreateAsync([.. LogCategories.Select(category => ("Logging:LogLevel:Microsoft.AspNetCore." + category, "Trace"))]);
        var activity = await TestActivity.OpenAsync(verbose.Database);
        var token = TestTokens.For(activity.HostId);
        await using (var client = await HubClient.ConnectAsync(verbose.Url, token: null, options => options.Url = new Uri(options.Url!, "?access_token=" + token)))
        {
            await client.WatchActivityAsync(activity.Id);
        }

        await using (var socket = await SocketClient.ConnectAsync(verbose.Url, $"/api/activities/{activity.Id}/capacity?access_token={token}"))
        {
            await socket.ReceiveAsync();
        }

        Assert.Contains(verbose.Log.Lines, line => line.StartsWith("Trace Microsoft.AspNetCore", StringComparison.Ordinal));
        Assert.DoesNotContain(verbose.Log.Lines, line => line.Contains(token, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Connections_end_with_their_token()
    {
        var activity = await TestActivity.OpenAsync(world.Database);

        // Long enough to connect with; a machine that is too slow for it tries again.
        var aMoment = TimeSpan.FromSeconds(2);
        await using var hub = await Eventually.ReturnsAsync(() => TryConnectAsync(aMoment), "a connection was made in a token's time");

        // Just over, and still within the tolerance for clocks.
        await using var socket = await SocketClient.ConnectAsync(
            world.Url, $"/api/activities/{activity.Id}/capacity", TestTokens.For(Guid.NewGuid(), TimeSpan.FromSeconds(-1)));
        await using var lasting = await world.ConnectAsync(Guid.NewGuid());

        await Eventually.HoldsAsync(() => !hub.IsConnected, "the hub connection was closed");
        await Eventually.EndsAsync(socket.ReceiveCloseAsync(), "the socket was closed");
        Assert.Equal("token_expired", socket.CloseReason);
        Assert.True(lasting.IsConnected);

        async Task<HubClient?> TryConnectAsync(TimeSpan lifetime)
        {
            try
            {
                return await world.ConnectAsync(Guid.NewGuid(), lifetime: lifetime);
            }
            catch (HubException)
            {
                // Closed during the first words.
                return null;
            }
        }
    }

    [Fact]
    public async Task A_deleted_user_is_refused_everywhere()
    {
        var activity = await TestActivity.OpenAsync(world.Database);
        var user = Guid.NewGuid();
        await using var before = await world.ConnectAsync(user);
        await world.Database.ExecuteAsync("INSERT INTO users (user_id, deleted_at) VALUES ($1, now())", user);

        var watch = await Assert.ThrowsAsync<HubException>(() => before.WatchActivityAsync(activity.Id));
        var connect = await Assert.ThrowsAnyAsync<Exception>(() => world.ConnectAsync(user));
        var socket = await SocketClient.RefusalAsync(world.Url, $"/api/activities/{activity.Id}/capacity", TestTokens.For(user));

        Assert.Contains("user_deleted", watch.Message, StringComparison.Ordinal);
        Assert.Contains("403", connect.ToString(), StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.Forbidden, "user_deleted"), socket);
    }

    [Fact]
    public async Task The_open_connections_of_a_user_who_is_deleted_end()
    {
        await using var comparing = await PushWorld.CreateAsync(("Push:ReconcileInterval", "00:00:00.200"));
        var activity = await TestActivity.OpenAsync(comparing.Database);
        var guest = Guid.NewGuid();
        await activity.CommitAsync((guest, "confirmed"));
        var rsvpId = await activity.RsvpIdAsync(guest);
        await using var hub = await comparing.ConnectAsync(activity.HostId);
        await using var idle = await comparing.ConnectAsync(activity.HostId);
        await using var socket = await SocketClient.ConnectAsync(comparing.Url, $"/api/rsvps/{rsvpId}/status", TestTokens.For(activity.HostId));
        await using var guests = await comparing.ConnectAsync(guest);
        await hub.WatchRsvpAsync(rsvpId);
        await guests.WatchRsvpAsync(rsvpId);

        await comparing.Database.ExecuteAsync("UPDATE users SET deleted_at = now() WHERE user_id = $1", activity.HostId);
        var status = await Eventually.EndsAsync(socket.ReceiveCloseAsync(), "the socket was closed");
        await Eventually.HoldsAsync(() => !hub.IsConnected && !idle.IsConnected, "the hub connections were closed");
        await comparing.PublishAsync(await activity.CommitAsync((guest, "cancelled")));
        await Eventually.HoldsAsync(() => guests.Statuses.Last().Status == "cancelled", "who was not deleted is told on");

        Assert.Equal((WebSocketCloseStatus.PolicyViolation, "user_deleted"), (status!.Value, socket.CloseReason));
        Assert.Equal("confirmed", Assert.Single(hub.Statuses).Status);
        Assert.True(guests.IsConnected);
    }
}
