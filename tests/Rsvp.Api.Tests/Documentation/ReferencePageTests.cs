using System.Text;
using System.Text.RegularExpressions;
using Rsvp.Api.Tests.Http;

namespace Rsvp.Api.Tests.Documentation;

/// <summary>The interactive reference comes from the API alone.</summary>
public sealed partial class ReferencePageTests(ApiWorld world) : IClassFixture<ApiWorld>
{
    [Fact]
    public async Task The_page_is_there_without_a_token_and_its_scripts_come_from_the_API()
    {
        var page = await world.SendAsync(HttpMethod.Get, "/docs/", token: null);
        var html = Encoding.UTF8.GetString(page.Body);

        Assert.Equal((200, "text/html"), (page.Status, page.Headers["Content-Type"].Split(';')[0]));
        Assert.DoesNotContain("https://", html, StringComparison.Ordinal);
        var scripts = Source().Matches(html).Select(match => match.Groups[1].Value).ToArray();
        Assert.NotEmpty(scripts);
        foreach (var script in scripts)
        {
            var answer = await world.SendAsync(HttpMethod.Get, new Uri(new Uri(world.Client.BaseAddress!, "/docs/"), script).PathAndQuery, token: null);

            Assert.Equal(200, answer.Status);
            Assert.Contains("javascript", answer.Headers["Content-Type"], StringComparison.Ordinal);
            Assert.NotEmpty(answer.Body);
        }
    }

    [Fact]
    public async Task Only_its_own_scripts_may_run_and_only_on_the_page()
    {
        var first = await PolicyAsync("/docs/");
        var second = await PolicyAsync("/docs/");

        Assert.Contains("script-src 'nonce-", first, StringComparison.Ordinal);
        Assert.Contains("connect-src 'self'", first, StringComparison.Ordinal);
        Assert.NotEqual(first, second);
        foreach (var path in new[] { "/openapi/v1.json", "/api/activities", "/docs-not-there" })
        {
            Assert.Equal("default-src 'none'; frame-ancestors 'none'", await PolicyAsync(path));
        }
    }

    [Fact]
    public async Task The_address_without_a_slash_works_too()
    {
        var answer = await world.SendAsync(HttpMethod.Get, "/docs", token: null);

        Assert.Equal((200, "text/html"), (answer.Status, answer.Headers["Content-Type"].Split(';')[0]));
    }

    private async Task<string> PolicyAsync(string path) => (await world.SendAsync(HttpMethod.Get, path, token: null)).Headers["Content-Security-Policy"];

    [GeneratedRegex("<script[^>]* src=\"([^\"]+)\"")]
    private static partial Regex Source();
}
