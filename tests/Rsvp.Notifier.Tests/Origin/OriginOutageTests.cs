using System.Net;
using Rsvp.Notifier.Tests.Worlds;
using Rsvp.Testing;

namespace Rsvp.Notifier.Tests.Origin;

public sealed class OriginOutageTests
{
    [Fact]
    public async Task A_notifier_that_is_away_is_503_and_its_users_find_another_one()
    {
        var world = new OriginWorld();
        await world.InitializeAsync();
        await using var _ = world;
        var activity = await TestActivity.OpenAsync(world.Push.Database);
        Guid[] users = [.. Enumerable.Range(0, 12).Select(_ => Guid.NewGuid())];

        await world.Notifiers[1].StopAsync();
        var answers = await Task.WhenAll(users.Select(user => NegotiateAsync(user)));
        var again = await Task.WhenAll(users.Select(user => NegotiateAsync(user)));
        await world.Notifiers[0].StopAsync();
        var alone = await SocketClient.RefusalAsync(world.Url, $"/api/activities/{activity.Id}/capacity", TestTokens.For(users[0]));

        Assert.Contains(answers, answer => answer == HttpStatusCode.ServiceUnavailable);
        Assert.All(again, answer => Assert.Equal(HttpStatusCode.OK, answer));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "unavailable"), alone);

        async Task<HttpStatusCode> NegotiateAsync(Guid user)
        {
            using var http = new HttpClient { BaseAddress = world.Url };
            using var request = new HttpRequestMessage(HttpMethod.Post, "/hubs/rsvp/negotiate?negotiateVersion=1");
            request.Headers.Add("Authorization", "Bearer " + TestTokens.For(user));
            using var answer = await http.SendAsync(request);
            return answer.StatusCode;
        }
    }

    [Fact]
    public async Task When_the_api_stops_it_does_not_wait_for_those_who_watch_through_it()
    {
        var world = new OriginWorld();
        await world.InitializeAsync();
        await using var _ = world;
        await using var client = await HubClient.ConnectAsync(world.Url, TestTokens.For(Guid.NewGuid()));

        // Less than the time that a stopping service gives to requests under way.
        await world.StopApiAsync().WaitAsync(TimeSpan.FromSeconds(15));

        await Eventually.HoldsAsync(() => !client.IsConnected, "the client knows");
    }
}
