using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Connections;
using Rsvp.Notifier.Tests.Worlds;
using Rsvp.Testing;

namespace Rsvp.Notifier.Tests.Origin;

public sealed class OriginTests(OriginWorld world) : IClassFixture<OriginWorld>
{
    [Theory]
    [InlineData(HttpTransportType.WebSockets, true)]
    [InlineData(HttpTransportType.WebSockets, false)]
    [InlineData(HttpTransportType.ServerSentEvents, false)]
    [InlineData(HttpTransportType.LongPolling, false)]
    public async Task The_hub_is_reachable_at_the_api_by_every_transport(HttpTransportType transport, bool skipsNegotiation)
    {
        var activity = await TestActivity.OpenAsync(world.Push.Database);

        // Enough users for both notifiers: each finds the one that negotiated with him.
        var clients = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => HubClient.ConnectAsync(world.Url, TestTokens.For(Guid.NewGuid()), options =>
        {
            options.Transports = transport;
            options.SkipNegotiation = skipsNegotiation;
        })));
        await Task.WhenAll(clients.Select(client => client.WatchActivityAsync(activity.Id)));
        await world.Push.PublishAsync(await activity.CommitAsync((Guid.NewGuid(), "confirmed")));

        await Eventually.HoldsAsync(() => clients.All(client => client.Capacities.LastOrDefault()?.Version == 2), "all were told");
        foreach (var client in clients)
        {
            await client.DisposeAsync();
        }
    }

    [Fact]
    public async Task The_sockets_are_reachable_at_the_api_and_so_is_what_answers_plain_requests_there()
    {
        var activity = await TestActivity.OpenAsync(world.Push.Database);
        var user = Guid.NewGuid();
        await activity.CommitAsync((user, "confirmed"));
        var rsvpId = await activity.RsvpIdAsync(user);
        using var http = new HttpClient { BaseAddress = world.Url };
        http.DefaultRequestHeaders.Add("Authorization", "Bearer " + TestTokens.For(user));

        await using var capacity = await SocketClient.ConnectAsync(world.Url, $"/api/activities/{activity.Id}/capacity?access_token={TestTokens.For(user)}");
        await using var status = await SocketClient.ConnectAsync(world.Url, $"/api/rsvps/{rsvpId}/status?access_token={TestTokens.For(user)}");
        var document = JsonDocument.Parse(await http.GetStringAsync(new Uri($"/api/activities/{activity.Id}/capacity", UriKind.Relative))).RootElement;
        using var plain = await http.GetAsync(new Uri($"/api/rsvps/{rsvpId}/status", UriKind.Relative));

        var pushed = await capacity.ReceiveAsync();
        Assert.Equal("capacity_update", pushed.GetProperty("type").GetString());
        Assert.True(JsonElement.DeepEquals(document, pushed.GetProperty("data")));
        Assert.Equal("confirmed", (await status.ReceiveAsync()).GetProperty("data").GetProperty("status").GetString());
        Assert.Equal(HttpStatusCode.UpgradeRequired, plain.StatusCode);
        Assert.Equal((HttpStatusCode.NotFound, "rsvp_not_found"), await SocketClient.RefusalAsync(world.Url, $"/api/rsvps/{rsvpId}/status", TestTokens.For(Guid.NewGuid())));
    }

    [Fact]
    public async Task The_page_of_the_public_origin_may_connect_and_a_foreign_one_may_not()
    {
        var activity = await TestActivity.OpenAsync(world.Push.Database);
        var token = TestTokens.For(Guid.NewGuid());

        await using var own = await HubClient.ConnectAsync(
            world.Url, token, options => options.Headers["Origin"] = world.Url.GetLeftPart(UriPartial.Authority));
        var foreign = await SocketClient.RefusalAsync(world.Url, $"/api/activities/{activity.Id}/capacity", token, origin: "https://evil.example");

        Assert.True(own.IsConnected);
        Assert.Equal((HttpStatusCode.Forbidden, "forbidden"), foreign);
    }

    [Fact]
    public async Task Without_a_token_the_notifiers_refusal_comes_through()
    {
        Assert.Equal((HttpStatusCode.Unauthorized, "unauthorized"), await SocketClient.RefusalAsync(world.Url, "/hubs/rsvp", token: null));
        Assert.Equal((HttpStatusCode.NotFound, "not_found"), await SocketClient.RefusalAsync(world.Url, "/hubs/unknown", TestTokens.For(Guid.NewGuid())));
    }

    [Fact]
    public async Task A_token_in_the_query_is_never_logged_and_does_not_travel_on_in_an_address()
    {
        var activity = await TestActivity.OpenAsync(world.Push.Database);
        var token = TestTokens.For(Guid.NewGuid());

        await using var socket = await SocketClient.ConnectAsync(world.Url, $"/api/activities/{activity.Id}/capacity?access_token={token}");
        await socket.ReceiveAsync();

        Assert.Contains(world.Log.Lines, line => line.Contains("Yarp", StringComparison.Ordinal));
        Assert.DoesNotContain(world.Log.Lines, line => line.Contains(token, StringComparison.Ordinal));
        Assert.DoesNotContain(world.Push.Log.Lines, line => line.Contains(token, StringComparison.Ordinal));
    }
}
