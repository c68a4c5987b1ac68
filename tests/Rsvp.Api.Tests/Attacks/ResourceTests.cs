using System.Net.Sockets;
using System.Text;
using Rsvp.Api.Tests.Http;
using Rsvp.Testing;

namespace Rsvp.Api.Tests.Attacks;

/// <summary>Requests that cost the server more than they cost whoever sends them.</summary>
public sealed class ResourceTests(ApiWorld world) : IClassFixture<ApiWorld>
{
    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task A_body_that_is_made_to_be_expensive_is_refused_in_a_few_words(string what, string json, int status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"/api/activities/{Guid.NewGuid()}/rsvps/group", UriKind.Relative));
        request.Headers.Authorization = new("Bearer", ApiWorld.Token(Guid.NewGuid()));
        request.Content = new StringContent(json, Encoding.UTF8, "application/json");

        using var answer = await world.Client.SendAsync(request);

        Assert.True((int)answer.StatusCode == status, $"{what}: {answer.StatusCode}");
        Assert.InRange((await answer.Content.ReadAsByteArrayAsync()).Length, 1, 16 * 1024);
    }

    public static TheoryData<string, string, int> Bodies => new()
    {
        { "nesting", string.Concat(Enumerable.Repeat("""{"members":""", 10_000)) + "1" + new string('}', 10_000), 400 },
        { "lists in lists", """{"members":""" + new string('[', 100_000) + new string(']', 100_000) + "}", 400 },
        { "ten thousand members", """{"mode":"best_effort","members":[""" + string.Join(',', Enumerable.Repeat("{}", 10_000)) + "]}", 400 },
        { "two hundred members with nothing right", """{"mode":"best_effort","members":[""" + string.Join(',', Enumerable.Repeat("""{"a":1,"b":2,"c":3}""", 200)) + "]}", 400 },
        { "a long number", """{"members":[{"guestCount":""" + new string('9', 100_000) + "}]}", 400 },
        { "a long text", """{"members":[{"specialRequirements":" """ + new string('x', 200_000) + "\"}]}", 400 },
        { "a long name", "{\"" + new string('x', 200_000) + "\":1}", 400 },
        { "escapes", """{"mode":" """ + string.Concat(Enumerable.Repeat("\\u0041", 30_000)) + "\"}", 400 },
        { "more than fits", """{"mode":" """ + new string('x', 300_000) + "\"}", 413 },
    };

    [Theory]
    [InlineData("a long line", 414)]
    [InlineData("long headers", 431)]
    [InlineData("many headers", 431)]
    public async Task A_head_that_is_too_large_is_refused(string what, int status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, what == "a long line" ? new Uri("/api/activities?cursor=" + new string('x', 10_000), UriKind.Relative) : new Uri("/api/activities", UriKind.Relative));
        for (var i = 0; i < (what == "many headers" ? 200 : 0); i++)
        {
            request.Headers.Add($"X-{i}", "x");
        }

        if (what == "long headers")
        {
            request.Headers.Add("X-Long", new string('x', 20_000));
        }

        using var answer = await world.Client.SendAsync(request);

        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Fact]
    public async Task Headers_that_do_not_end_end_with_their_connection()
    {
        using var slow = new TcpClient();
        await slow.ConnectAsync(world.Client.BaseAddress!.Host, world.Client.BaseAddress.Port);
        var stream = slow.GetStream();
        await stream.WriteAsync("GET /api/activities HTTP/1.1\r\nHost: x\r\nX-Slow: "u8.ToArray());

        using var reader = new StreamReader(stream);
        var answer = await Eventually.EndsAsync(reader.ReadToEndAsync(), "the server gave up", TimeSpan.FromSeconds(30));

        Assert.StartsWith("HTTP/1.1 408", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_trickles_in_ends_with_its_connection()
    {
        using var slow = new TcpClient();
        await slow.ConnectAsync(world.Client.BaseAddress!.Host, world.Client.BaseAddress.Port);
        var stream = slow.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /api/activities/{Guid.NewGuid()}/rsvp HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {ApiWorld.Token(Guid.NewGuid())}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{{"));

        using var reader = new StreamReader(stream);
        var answer = await Eventually.EndsAsync(reader.ReadToEndAsync(), "the server gave up", TimeSpan.FromSeconds(30));

        Assert.StartsWith("HTTP/1.1 408", answer, StringComparison.Ordinal);
        Assert.Contains("request_timeout", answer, StringComparison.Ordinal);
    }
}
