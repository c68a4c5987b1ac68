using System.Net;
using Rsvp.Notifier.Tests.Worlds;

namespace Rsvp.Notifier.Tests.Access;

public sealed class OriginTests(PushWorld world) : IClassFixture<PushWorld>
{
    private readonly string _token = TestTokens.For(Guid.NewGuid());

    [Fact]
    public async Task A_foreign_page_is_refused_on_hub_and_sockets()
    {
        var activity = await TestActivity.OpenAsync(world.Database);

        Assert.Equal(HttpStatusCode.Forbidden, await NegotiateAsync(world, "https://evil.example"));
        Assert.Equal(HttpStatusCode.Forbidden, await NegotiateAsync(world, "null"));
        var connect = await Assert.ThrowsAnyAsync<Exception>(() =>
            HubClient.ConnectAsync(world.Url, _token, options => options.Headers["Origin"] = "https://evil.example"));
        Assert.Contains("403", connect.ToString(), StringComparison.Ordinal);
        Assert.Equal(
            (HttpStatusCode.Forbidden, "forbidden"),
            await SocketClient.RefusalAsync(world.Url, $"/api/activities/{activity.Id}/capacity", _token, origin: "https://evil.example"));
    }

    [Fact]
    public async Task The_page_of_the_host_asked_for_may_connect_and_who_is_no_page_too()
    {
        Assert.Equal(HttpStatusCode.OK, await NegotiateAsync(world, world.Url.GetLeftPart(UriPartial.Authority)));
        Assert.Equal(HttpStatusCode.OK, await NegotiateAsync(world, "https://rsvp.example", ("X-Forwarded-Host", "rsvp.example"), ("X-Forwarded-Proto", "https")));
        Assert.Equal(HttpStatusCode.Forbidden, await NegotiateAsync(world, "http://rsvp.example", ("X-Forwarded-Host", "rsvp.example"), ("X-Forwarded-Proto", "https")));
        Assert.Equal(HttpStatusCode.OK, await NegotiateAsync(world, origin: null));
    }

    [Fact]
    public async Task With_a_public_origin_only_that_and_the_listed_ones_may_connect()
    {
        await using var strict = await PushWorld.CreateAsync(("Public:Origin", "https://rsvp.example/"), ("Push:AllowedOrigins:0", "https://app.example"));

        Assert.Equal(HttpStatusCode.OK, await NegotiateAsync(strict, "https://rsvp.example"));
        Assert.Equal(HttpStatusCode.OK, await NegotiateAsync(strict, "https://app.example"));
        Assert.Equal(HttpStatusCode.Forbidden, await NegotiateAsync(strict, strict.Url.GetLeftPart(UriPartial.Authority)));
        Assert.Equal(HttpStatusCode.Forbidden, await NegotiateAsync(strict, "https://evil.example", ("X-Forwarded-Host", "evil.example"), ("X-Forwarded-Proto", "https")));
    }

    [Fact]
    public async Task A_public_origin_that_is_there_and_empty_is_none()
    {
        await using var unnamed = await PushWorld.CreateAsync(("Public:Origin", ""));

        Assert.Equal(HttpStatusCode.OK, await NegotiateAsync(unnamed, unnamed.Url.GetLeftPart(UriPartial.Authority)));
        Assert.Equal(HttpStatusCode.Forbidden, await NegotiateAsync(unnamed, "https://evil.example"));
    }

    [Fact]
    public async Task A_listed_page_elsewhere_is_told_that_it_may_ask()
    {
        await using var strict = await PushWorld.CreateAsync(("Push:AllowedOrigins:0", "https://app.example"));
        using var http = new HttpClient { BaseAddress = strict.Url };
        using var preflight = new HttpRequestMessage(HttpMethod.Options, "/hubs/rsvp/negotiate?negotiateVersion=1");
        preflight.Headers.Add("Origin", "https://app.example");
        preflight.Headers.Add("Access-Control-Request-Method", "POST");
        preflight.Headers.Add("Access-Control-Request-Headers", "authorization,x-requested-with");

        using var answer = await http.SendAsync(preflight);

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Equal(["https://app.example"], answer.Headers.GetValues("Access-Control-Allow-Origin"));
    }

    private async Task<HttpStatusCode> NegotiateAsync(PushWorld at, string? origin, params (string Name, string Value)[] headers)
    {
        using var http = new HttpClient { BaseAddress = at.Url };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/hubs/rsvp/negotiate?negotiateVersion=1");
        request.Headers.Add("Authorization", "Bearer " + _token);
        foreach (var (name, value) in origin is null ? headers : headers.Append(("Origin", origin)))
        {
            request.Headers.Add(name, value);
        }

        using var answer = await http.SendAsync(request);
        return answer.StatusCode;
    }
}
