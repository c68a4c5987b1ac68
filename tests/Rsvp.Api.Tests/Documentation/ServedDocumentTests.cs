using Rsvp.Api.Tests.Http;

namespace Rsvp.Api.Tests.Documentation;

/// <summary>The OpenAPI document as the API serves it.</summary>
public sealed class ServedDocumentTests(ApiWorld world) : IClassFixture<ApiWorld>
{
    [Fact]
    public async Task The_document_describes_every_route()
    {
        var answer = await world.SendAsync(HttpMethod.Get, "/openapi/v1.json", token: null);

        Assert.Equal(200, answer.Status);
        Assert.StartsWith("3.1", answer.Text("openapi"), StringComparison.Ordinal);
        var submit = answer.Json.GetProperty("paths").GetProperty("/api/activities/{activityId}/rsvp").GetProperty("post");
        Assert.Equal(
            ["guestCount", "specialRequirements", "ifFull"],
            submit.GetProperty("requestBody").GetProperty("content").GetProperty("application/json").GetProperty("schema").GetProperty("properties").EnumerateObject().Select(field => field.Name));
        Assert.Equal("waitlist", submit.GetProperty("requestBody").GetProperty("content").GetProperty("application/json").GetProperty("schema")
            .GetProperty("properties").GetProperty("ifFull").GetProperty("default").GetString());
        Assert.Equal(
            ["201", "202", "400", "401", "403", "404", "409", "413", "415", "422", "429", "500", "503"],
            submit.GetProperty("responses").EnumerateObject().Select(response => response.Name).Order());
    }
}
