using System.Text;
using System.Text.Json.Nodes;
using Rsvp.Api.Tests.Http;
using Rsvp.Testing;

namespace Rsvp.Api.Tests.Attacks;

/// <summary>Every route called as everybody, and compared with docs/security.md: a new route needs a decision for each role.</summary>
public sealed class RouteRoleTests(AttackedWorld world) : IClassFixture<AttackedWorld>
{
    private static readonly string[] MaySee = ["owner", "host", "admin"];

    [Fact]
    public async Task Every_route_answers_every_role_as_the_table_of_routes_says()
    {
        var examples = JsonNode.Parse(await File.ReadAllTextAsync(Repository.PathOf("docs", "openapi.json")))!["paths"]!;
        var found = new List<string>();
        foreach (var route in world.Routes().Select(route => route.Name).Distinct())
        {
            // Commands are taken and never applied, so the stage stays as it was set.
            var stage = await Stage.SetAsync(world);
            var cells = new List<string>();
            foreach (var role in Stage.Roles)
            {
                var answer = await CallAsync(stage, route, role, examples);
                cells.Add(answer.Status == 403 ? $"403 `{answer.Code}`" : $"{answer.Status}");
            }

            found.Add($"| `{route}` | {string.Join(" | ", cells)} |");
        }

        var difference = await SecurityPage.DifferenceAsync("route", found);
        Assert.True(difference is null, difference);
    }

    private async Task<Answer> CallAsync(Stage stage, string route, string role, JsonNode examples)
    {
        var (method, path) = (route.Split(' ')[0], route.Split(' ')[1]);
        var example = examples[path]?[method.ToLowerInvariant()]?["requestBody"]?["content"]?["application/json"]?["example"]?.ToJsonString();

        var answer = await world.SendAsync(new HttpMethod(method), stage.PathOf(path), stage.Token(role), example);

        Assert.True(answer.Status < 500 && answer.Status != 400, $"{route} as {role}: {answer.Status} {Encoding.UTF8.GetString(answer.Body)}");
        if (!MaySee.Contains(role))
        {
            var body = Encoding.UTF8.GetString(answer.Body);
            Assert.All(stage.Secrets, secret => Assert.False(body.Contains(secret, StringComparison.Ordinal), $"{route} tells {role}: {secret}"));
        }

        return answer;
    }
}
