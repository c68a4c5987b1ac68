using System.Text.Json.Nodes;
using Rsvp.Api.Documentation;
using Rsvp.Api.Tests.Http;
using Rsvp.Testing;

namespace Rsvp.Api.Tests.Attacks;

/// <summary>Nobody sets by a body what only decisions set: tried on every route that reads one.</summary>
public sealed class PropertyTests(AttackedWorld world) : IClassFixture<AttackedWorld>
{
    private static readonly string[] Decided =
    [
        "id", "rsvpId", "userId", "hostId", "hosts", "status", "version", "waitlistPosition", "lineKey", "confirmed", "offered", "waitlisted",
        "checkedIn", "checkedInBy", "offerExpiresAt", "groupId", "createdAt", "updatedAt", "role", "isAdmin", "deletedAt", "secret",
    ];

    [Fact]
    public async Task A_body_that_sets_what_is_decided_is_refused_by_name_on_every_route()
    {
        var examples = JsonNode.Parse(await File.ReadAllTextAsync(Repository.PathOf("docs", "openapi.json")))!["paths"]!;
        var stage = await Stage.SetAsync(world);
        await Eventually.HoldsAsync(() => Taken() == 1, "the stage's own request has arrived");
        var tried = 0;
        foreach (var (route, _) in world.Routes().Where(route => route.Endpoint.Metadata.GetMetadata<BodyMetadata>() is not null))
        {
            var (method, path) = (route.Split(' ')[0], route.Split(' ')[1]);
            var content = examples[path]![method.ToLowerInvariant()]!["requestBody"]?["content"]!["application/json"];
            var own = content?["schema"]!["properties"]!.AsObject().Select(property => property.Key).ToArray() ?? [];
            var admin = ApiWorld.Token(Guid.NewGuid(), role: "admin"); // Another for each route: so many bodies are more than one user may send at once.
            foreach (var property in Decided.Except(own))
            {
                var body = content?["example"]?.DeepClone().AsObject() ?? [];
                body[property] = "x";

                var answer = await world.SendAsync(new HttpMethod(method), stage.PathOf(path), admin, body.ToJsonString());

                Assert.True(answer.Status == 400 && answer.Json.GetProperty("errors").TryGetProperty(property, out var _), $"{route} takes {property}: {answer.Status}");
                tried++;
            }
        }

        Assert.True(tried > 300, $"Only {tried} were tried.");

        // Whatever had been taken of all that would have arrived before this.
        Assert.Equal(202, (await world.SendAsync(HttpMethod.Post, $"/api/activities/{stage.Activity}/rsvp", stage.Token("user"))).Status);
        await Eventually.HoldsAsync(() => Taken() > 1, "a request without such a property arrives");
        Assert.Equal(2, Taken());

        int Taken() => world.Partition.Batches.Sum(batch => batch.Commands.Count);
    }
}
