using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Rsvp.Api.Bodies;
using Rsvp.Api.Documentation;
using Rsvp.Hosting.Problems;

namespace Rsvp.Api.Tests.Documentation;

/// <summary>What holds for every route, also for those that nobody has written yet.</summary>
public sealed class DocumentTests(GeneratedDocument generated) : IClassFixture<GeneratedDocument>
{
    [Fact]
    public void It_is_OpenAPI_3_1_and_says_who_may_use_it()
    {
        Assert.StartsWith("3.1", (string)generated.Json["openapi"]!, StringComparison.Ordinal);
        Assert.Equal("MIT", (string)generated.Json["info"]!["license"]!["identifier"]!);
        Assert.Equal("bearer", (string)generated.Json["components"]!["securitySchemes"]!["bearer"]!["scheme"]!);
    }

    [Fact]
    public void Every_route_is_in_it()
    {
        var routes = from endpoint in generated.Endpoints
                     where endpoint.RoutePattern.RawText!.StartsWith("/api/", StringComparison.Ordinal)
                     from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? []
                     select $"{method} {endpoint.RoutePattern.RawText!.Replace(":guid", "", StringComparison.Ordinal).TrimEnd('/')}";

        Assert.Equal(routes.Order(StringComparer.Ordinal), generated.Operations.Select(operation => operation.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_operation_has_a_name_of_its_own_and_a_description_and_so_have_its_parts()
    {
        var tags = generated.Json["tags"]!.AsArray().ToDictionary(tag => (string)tag!["name"]!, tag => (string?)tag!["description"]);
        foreach (var (name, operation) in generated.Operations)
        {
            Assert.False(string.IsNullOrWhiteSpace((string?)operation["description"]), $"{name} has no description.");
            Assert.All(operation["tags"]!.AsArray(), tag => Assert.False(string.IsNullOrEmpty(tags[(string)tag!]), $"The tag {tag} has no description: DocumentDescriber says it."));
            Assert.All(Inline(operation["parameters"]), parameter => Assert.False(
                string.IsNullOrEmpty((string?)parameter["description"]), $"{name}: the parameter {parameter["name"]} has no description: FieldTexts says it."));
            if (Body(operation) is { } body)
            {
                Assert.All(body["schema"]!["properties"]!.AsObject(), field => Assert.False(
                    string.IsNullOrEmpty((string?)field.Value!["description"]), $"{name}: the field {field.Key} has no description: FieldTexts says it."));
            }
        }

        var ids = generated.Operations.Select(operation => (string)operation.Operation["operationId"]!).ToArray();
        Assert.Equal(ids.Distinct(), ids);
    }

    [Fact]
    public void Every_JSON_answer_has_an_example_and_every_refusal_one_per_code()
    {
        foreach (var (name, operation) in generated.Operations)
        {
            foreach (var (status, answer) in operation["responses"]!.AsObject())
            {
                foreach (var (type, content) in answer!["content"]?.AsObject() ?? [])
                {
                    var hasExample = content!.AsObject().ContainsKey("example") || content["examples"] is JsonObject { Count: > 0 };
                    Assert.True(hasExample || type is "text/csv" or "text/calendar", $"{name}: {status} has no example.");
                    if (type == "application/problem+json")
                    {
                        Assert.All(content["examples"]!.AsObject(), example => Assert.Equal(status, Status(example.Key)));
                    }
                }
            }
        }

        string Status(string code) => ((int)generated.Json["components"]!["examples"]![code]!["value"]!["status"]!).ToString(null, null);
    }

    [Fact]
    public void Every_example_of_a_body_is_one_that_the_API_takes()
    {
        var bodies = generated.Endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<BodyMetadata>() is not null).ToArray();
        Assert.NotEmpty(bodies);
        foreach (var endpoint in bodies)
        {
            var path = endpoint.RoutePattern.RawText!.Replace(":guid", "", StringComparison.Ordinal).TrimEnd('/');
            var method = endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Single();
            var operation = generated.Operations.Single(operation => operation.Name == $"{method} {path}").Operation;
            if (Body(operation) is not { } body)
            {
                continue;
            }

            var errors = new FieldErrors();
            var example = JsonSerializer.SerializeToElement(body["example"]);
            var fields = new JsonFields(example, generated.Services.GetRequiredService<BodyRules>(), errors);
            endpoint.Metadata.GetMetadata<BodyMetadata>()!.Read(fields);
            fields.RefuseUnknown();
            Assert.True(errors.IsEmpty, $"{method} {path} would refuse its example {example}: say a better one by WithBodyExample.");
        }
    }

    [Fact]
    public void A_refusal_that_any_route_may_answer_is_in_the_catalogue() =>
        Assert.Empty(generated.Json["components"]!["examples"]!.AsObject().Select(example => example.Key).Except(ProblemCatalog.All.Select(kind => kind.Code)));

    [Theory]
    [InlineData("GET", "api/activities/{activityId}/rsvps", "getActivityRsvps")]
    [InlineData("POST", "api/rsvps/{rsvpId}/check-in", "postRsvpCheckIn")]
    [InlineData("GET", "api/users/my-rsvps", "getUsersMyRsvps")]
    [InlineData("DELETE", "api/activities/{activityId}/hosts/{userId}", "deleteActivityHost")]
    public void A_route_without_a_name_is_named_after_its_path(string method, string path, string name) => Assert.Equal(name, OperationNames.Of(method, path));

    private static IEnumerable<JsonObject> Inline(JsonNode? parameters) =>
        from parameter in parameters?.AsArray() ?? []
        where !parameter!.AsObject().ContainsKey("$ref")
        select parameter!.AsObject();

    private static JsonNode? Body(JsonObject operation) => operation["requestBody"]?["content"]!["application/json"];
}
