using System.Text.Json;
using Rsvp.Api.Tests.Http;

namespace Rsvp.Api.Tests.Attacks;

/// <summary>Hostile text comes back as text, and to nobody else's page.</summary>
public sealed class TextTests(AttackedWorld world) : IClassFixture<AttackedWorld>
{
    [Fact]
    public async Task Text_that_turns_round_breaks_lines_or_looks_like_markup_comes_back_as_text()
    {
        const string Hostile = "a\r\nSet-Cookie: x\u202E\u2066<script>alert(1)</script>'; DROP TABLE users; --\u2028\u0007";
        var token = ApiWorld.Token(Guid.NewGuid());
        var body = JsonSerializer.Serialize(new { name = Hostile });

        var saved = await world.SendAsync(HttpMethod.Put, "/api/users/me", token, body);
        var read = await world.SendAsync(HttpMethod.Get, "/api/users/me", token);

        Assert.Equal((200, Hostile, Hostile), (saved.Status, saved.Text("name"), read.Text("name")));
        Assert.StartsWith("application/json", read.Headers["Content-Type"], StringComparison.Ordinal);
        Assert.Equal("nosniff", read.Headers["X-Content-Type-Options"]);
        Assert.DoesNotContain("Set-Cookie", read.Headers.Keys);
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("null")]
    public async Task A_foreign_page_may_not_even_ask(string origin)
    {
        var preflight = await world.SendAsync(
            HttpMethod.Options, "/api/users/me", token: null, json: null, ("Origin", origin), ("Access-Control-Request-Method", "PUT"), ("Access-Control-Request-Headers", "authorization"));

        Assert.DoesNotContain(preflight.Headers.Keys, name => name.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase));
        Assert.NotInRange(preflight.Status, 200, 299);
    }
}
