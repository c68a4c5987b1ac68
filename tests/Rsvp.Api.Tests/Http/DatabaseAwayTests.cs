namespace Rsvp.Api.Tests.Http;

public sealed class DatabaseAwayTests(DatabaseAwayTests.World world) : IClassFixture<DatabaseAwayTests.World>
{
    private readonly string _token = ApiWorld.Token(Guid.NewGuid());

    [Fact]
    public async Task Commands_by_activity_are_still_taken_and_pending()
    {
        foreach (var method in new[] { HttpMethod.Post, HttpMethod.Put, HttpMethod.Delete })
        {
            var accepted = await world.SendAsync(method, $"/api/activities/{ApiWorld.ActivityId()}/rsvp", _token, method == HttpMethod.Delete ? null : "{}");
            Assert.Equal(202, accepted.Status);

            var polled = await world.SendAsync(HttpMethod.Get, accepted.Headers["Location"], _token);
            Assert.Equal((200, "pending"), (polled.Status, polled.Text("status")));
        }
    }

    [Fact]
    public async Task A_long_poll_stays_pending()
    {
        var accepted = await world.SendAsync(HttpMethod.Post, $"/api/activities/{ApiWorld.ActivityId()}/rsvp", _token, "{}");

        var polled = await world.SendAsync(HttpMethod.Get, accepted.Headers["Location"], _token, null, ("Prefer", "wait=1"));

        Assert.Equal((200, "pending"), (polled.Status, polled.Text("status")));
    }

    [Theory]
    [InlineData("/api/activities")]
    [InlineData("/api/activities/{0}")]
    [InlineData("/api/activities/{0}/capacity")]
    [InlineData("/api/activities/{0}/rsvp")]
    [InlineData("/api/activities/{0}/rsvps")]
    [InlineData("/api/activities/{0}/waitlist")]
    [InlineData("/api/rsvps/{0}")]
    [InlineData("/api/rsvps/{0}/position")]
    public async Task Reads_are_503_unavailable_and_say_when_to_come_back(string path)
    {
        var answer = await world.SendAsync(HttpMethod.Get, path.Replace("{0}", Guid.NewGuid().ToString(), StringComparison.Ordinal), _token);

        Assert.Equal((503, "unavailable"), (answer.Status, answer.Code));
        Assert.Equal("1", answer.Headers["Retry-After"]);
        Assert.DoesNotContain("127.0.0.1", System.Text.Encoding.UTF8.GetString(answer.Body), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Host_only_commands_are_503_too()
    {
        var answer = await world.SendAsync(HttpMethod.Patch, $"/api/activities/{Guid.NewGuid()}", _token, "{}");

        Assert.Equal((503, "unavailable"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task The_service_says_that_it_is_not_ready() =>
        Assert.Equal(503, (await world.SendAsync(HttpMethod.Get, "/health/ready", token: null)).Status);

    public sealed class World() : ApiWorld(hasDatabase: false);
}
