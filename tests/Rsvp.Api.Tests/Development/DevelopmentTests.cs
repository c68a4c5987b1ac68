using System.Text;
using Microsoft.Extensions.Hosting;
using Rsvp.Api.Tests.Http;

namespace Rsvp.Api.Tests.Development;

/// <summary>What is there in development and nowhere else.</summary>
public sealed class DevelopmentTests(DevelopmentTests.World development, ApiWorld elsewhere) : IClassFixture<DevelopmentTests.World>, IClassFixture<ApiWorld>
{
    private static readonly (HttpMethod Method, string Path)[] Routes =
        [(HttpMethod.Get, "/development/people"), (HttpMethod.Post, "/development/tokens"), (HttpMethod.Post, "/development/rushes")];

    [Fact]
    public async Task Outside_development_nobody_is_given_a_token()
    {
        foreach (var (method, path) in Routes)
        {
            var answer = await elsewhere.SendAsync(method, path, token: null, method == HttpMethod.Post ? """{ "name": "Mallory" }""" : null);

            Assert.Equal((404, "not_found"), (answer.Status, answer.Code));
        }
    }

    [Fact]
    public async Task In_development_anybody_is_whoever_they_like()
    {
        var someone = Guid.NewGuid();
        var issued = await development.SendAsync(HttpMethod.Post, "/development/tokens", token: null, $$"""{ "userId": "{{someone}}", "name": "Grace" }""");
        var stranger = await development.SendAsync(HttpMethod.Post, "/development/tokens", token: null, """{ "name": "Alan" }""");

        var profile = await development.SendAsync(HttpMethod.Get, "/api/users/me", issued.Text("token"));

        Assert.Equal((200, someone.ToString(), "Grace"), (issued.Status, issued.Text("userId"), issued.Text("name")));
        Assert.Equal((200, "Grace"), (profile.Status, profile.Text("name")));
        Assert.NotEqual(issued.Text("userId"), stranger.Text("userId"));
    }

    [Fact]
    public async Task A_foreign_page_cannot_get_a_token_by_a_form()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/development/tokens", UriKind.Relative))
        {
            Content = new StringContent("""{ "name": "Mallory" }""", Encoding.UTF8, "text/plain"),
        };

        using var response = await development.Client.SendAsync(request);

        Assert.Equal(415, (int)response.StatusCode);
    }

    [Fact]
    public async Task The_page_offers_the_people_whom_the_system_knows()
    {
        await development.Database.ExecuteAsync("INSERT INTO users (user_id, name) VALUES (gen_random_uuid(), 'Barbara'), (gen_random_uuid(), NULL)");

        var people = await development.SendAsync(HttpMethod.Get, "/development/people", token: null);
        var page = await development.SendAsync(HttpMethod.Get, "/", token: null);

        Assert.Contains(people.Json.EnumerateArray(), person => person.GetProperty("name").GetString() == "Barbara");
        Assert.All(people.Json.EnumerateArray(), person => Assert.NotNull(person.GetProperty("name").GetString()));
        Assert.Contains("data-development=\"true\"", Encoding.UTF8.GetString(page.Body), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "people": 0 }""")]
    [InlineData("""{ "seats": -1 }""")]
    [InlineData("""{ "connections": 501 }""")]
    [InlineData("""{ "people": 20001 }""")]
    public async Task A_rush_has_bounds(string body) =>
        Assert.Equal(400, (await development.SendAsync(HttpMethod.Post, "/development/rushes", token: null, body)).Status);

    public sealed class World() : ApiWorld(hasDatabase: true, environment: Environments.Development);
}
