using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Rsvp.Testing;

namespace Rsvp.Api.Tests.Http;

public sealed class EdgeTests(ApiWorld world) : IClassFixture<ApiWorld>
{
    // A new route is protected unless somebody adds it here on purpose.
    private static readonly string[] Anonymous =
    [
        "GET /api/activities",
        "GET /api/activities/{activityId:guid}",
        "GET /api/activities/{activityId:guid}/capacity",
        "GET /openapi/{documentName}.json",
        // The reference and what its page loads.
        "GET /docs/{documentName?}",
        "GET /docs/scalar.js",
        "GET /docs/scalar.aspnetcore.js",
        "GET /docs/favicon.svg",
        "GET /api/rsvps/{rsvpId:guid}/status",
        // The live page, and calendars at their private addresses.
        "GET /",
        "GET /page/{**path}",
        "GET /api/calendars/{secret}.ics",
        // Upgrades and the hub: the notifier checks their tokens.
        "/api/activities/{activityId:guid}/capacity",
        "/api/rsvps/{rsvpId:guid}/status",
        "/hubs/{**path}",
        "/health/live",
        "/health/ready",
        "/health/startup",
    ];

    private static string Token => ApiWorld.Token(Guid.NewGuid());

    [Fact]
    public void Only_the_routes_that_the_contract_names_do_without_a_token()
    {
        var anonymous = Routes().Where(route => route.Endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null).Select(route => route.Name);

        Assert.Equal(Anonymous.Order(StringComparer.Ordinal), anonymous.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Every_other_route_is_401_without_a_token_and_says_how_to_get_in()
    {
        var routes = Routes().Where(route => route.Endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null).ToArray();
        Assert.NotEmpty(routes);

        foreach (var route in routes)
        {
            var path = string.Join('/', route.Endpoint.RoutePattern.PathSegments.Select(segment =>
                segment.Parts[0] is Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal ? literal.Content : Guid.NewGuid().ToString()));
            var answer = await world.SendAsync(new HttpMethod(route.Name.Split(' ')[0]), "/" + path, token: null);

            Assert.True(answer.Status == 401, $"{route.Name} answered {answer.Status}");
            Assert.Equal("unauthorized", answer.Code);
            Assert.StartsWith("Bearer", answer.Headers["WWW-Authenticate"], StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_token_that_is_not_good_in_every_respect_is_401()
    {
        var tokens = new BadTokens(ApiWorld.Issuer, ApiWorld.Audience, ApiWorld.SigningKey);
        foreach (var (what, token) in tokens.WithinTolerance())
        {
            var answer = await world.SendAsync(HttpMethod.Get, $"/api/rsvps/{Guid.NewGuid()}", token);

            Assert.True(answer.Status == 404, $"{what}: {answer.Status}");
        }

        foreach (var (what, token) in tokens.All())
        {
            var answer = await world.SendAsync(HttpMethod.Get, $"/api/rsvps/{Guid.NewGuid()}", token);

            Assert.True(answer.Status == 401, $"{what}: {answer.Status}");
            Assert.Equal("unauthorized", answer.Code);
        }
    }

    [Theory]
    [InlineData("/nothing/here")]
    [InlineData("/api/activities/not-a-uuid")]
    [InlineData("/api/nothing")]
    [InlineData("/api/requests")]
    public async Task A_path_that_is_no_route_is_404_with_and_without_a_token(string path)
    {
        foreach (var token in new[] { null, Token })
        {
            var answer = await world.SendAsync(HttpMethod.Get, path, token);

            Assert.Equal((404, "not_found", "application/problem+json"), (answer.Status, answer.Code, answer.Headers["Content-Type"]));
        }
    }

    [Fact]
    public async Task A_method_that_a_route_does_not_have_is_405()
    {
        var answer = await world.SendAsync(HttpMethod.Patch, $"/api/activities/{Guid.NewGuid()}/rsvp", Token, "{}");

        Assert.Equal((405, "method_not_allowed"), (answer.Status, answer.Code));
        Assert.Contains("PUT", answer.Headers["Allow"], StringComparison.Ordinal);
        Assert.Equal(405, (await world.SendAsync(HttpMethod.Options, "/api/activities", token: null)).Status);
    }

    [Fact]
    public async Task Head_is_answered_as_get_without_the_body()
    {
        var get = await world.SendAsync(HttpMethod.Get, "/api/activities", token: null);
        var head = await world.SendAsync(HttpMethod.Head, "/api/activities", token: null);

        Assert.Equal((200, get.Headers["Content-Type"], get.Headers["Content-Length"]), (head.Status, head.Headers["Content-Type"], head.Headers["Content-Length"]));
        Assert.Empty(head.Body);
        Assert.Equal(401, (await world.SendAsync(HttpMethod.Head, "/api/users/me", token: null)).Status);
    }

    [Fact]
    public async Task A_body_over_256_KiB_is_413_whether_it_says_its_length_or_not()
    {
        foreach (var says in new[] { true, false })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"/api/activities/{Guid.NewGuid()}/rsvp", UriKind.Relative));
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token);
            request.Headers.TransferEncodingChunked = !says;
            request.Headers.ExpectContinue = true;
            request.Content = new StringContent(new string(' ', (256 * 1024) + 1), Encoding.UTF8, "application/json");

            using var response = await world.Client.SendAsync(request);

            Assert.Equal(413, (int)response.StatusCode);
            Assert.Contains("body_too_large", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Another_content_type_is_415()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"/api/activities/{Guid.NewGuid()}/rsvp", UriKind.Relative))
        {
            Content = new StringContent("guestCount=1", Encoding.UTF8, "application/x-www-form-urlencoded"),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token);

        using var response = await world.Client.SendAsync(request);

        Assert.Equal(415, (int)response.StatusCode);
        Assert.Contains("unsupported_media_type", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bad_body_is_400_with_errors_by_field_and_reaches_nobody()
    {
        var activityId = ApiWorld.ActivityId();

        var answer = await world.SendAsync(HttpMethod.Post, $"/api/activities/{activityId}/rsvp", Token, """{"guestCount":-1,"colour":"red"}""");

        Assert.Equal((400, "invalid_request"), (answer.Status, answer.Code));
        Assert.Equal(["colour", "guestCount"], answer.Json.GetProperty("errors").EnumerateObject().Select(error => error.Name).Order());
        Assert.Null(answer.Text("requestId"));
        Assert.DoesNotContain(world.Partition.Batches, batch => batch.Commands.Any(command => command.ActivityId == activityId));
    }

    [Fact]
    public async Task Every_answer_forbids_sniffing_and_storing_and_hides_the_server()
    {
        foreach (var path in new[] { "/api/activities", "/nothing", $"/api/rsvps/{Guid.NewGuid()}" })
        {
            var answer = await world.SendAsync(HttpMethod.Get, path, token: null);

            Assert.Equal("nosniff", answer.Headers["X-Content-Type-Options"]);
            Assert.Equal("no-store", answer.Headers["Cache-Control"]);
            Assert.Equal("no-referrer", answer.Headers["Referrer-Policy"]);
            Assert.DoesNotContain("Access-Control-Allow-Origin", answer.Headers.Keys);
            Assert.Equal("default-src 'none'; frame-ancestors 'none'", answer.Headers["Content-Security-Policy"]);
            Assert.DoesNotContain("Server", answer.Headers.Keys);
        }
    }

    [Fact]
    public async Task A_limit_of_more_than_a_number_holds_is_the_largest() =>
        Assert.Equal(200, (await world.SendAsync(HttpMethod.Get, "/api/activities?limit=99999999999999999999", token: null)).Status);

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=-1")]
    [InlineData("limit=ten")]
    [InlineData("limit=1.5")]
    [InlineData("limit=")]
    [InlineData("cursor=x")]
    public async Task A_bad_page_is_400_and_named(string query)
    {
        var answer = await world.SendAsync(HttpMethod.Get, "/api/activities?" + query, token: null);

        Assert.Equal((400, "invalid_request"), (answer.Status, answer.Code));
        Assert.True(answer.Json.GetProperty("errors").TryGetProperty(query.Split('=')[0], out _));
    }

    [Fact]
    public async Task The_service_is_ready_and_alive() // and says so to anybody
    {
        Assert.Equal(200, (await world.SendAsync(HttpMethod.Get, "/health/live", token: null)).Status);
        Assert.Equal(200, (await world.SendAsync(HttpMethod.Get, "/health/ready", token: null)).Status);
    }

    private IEnumerable<(string Name, RouteEndpoint Endpoint)> Routes() =>
        from endpoint in world.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        let methods = endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? [""]
        from method in methods
        select (string.Create(CultureInfo.InvariantCulture, $"{method} /{endpoint.RoutePattern.RawText!.Trim('/')}").Trim(), endpoint);
}
