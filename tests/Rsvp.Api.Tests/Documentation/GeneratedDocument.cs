using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace Rsvp.Api.Tests.Documentation;

/// <summary>The OpenAPI document of an API that was put together as for production and never started: it needs no server.</summary>
public sealed class GeneratedDocument : IAsyncLifetime
{
    private WebApplication? _app;

    /// <summary>As it is committed: indented, with a newline at its end.</summary>
    internal string Text { get; private set; } = "";

    internal JsonObject Json { get; private set; } = null!;

    internal IReadOnlyList<RouteEndpoint> Endpoints =>
        [.. _app!.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()];

    internal IServiceProvider Services => _app!.Services;

    /// <summary>Every operation: <c>POST /api/activities</c> and what the document says of it.</summary>
    internal IEnumerable<(string Name, JsonObject Operation)> Operations =>
        from path in Json["paths"]!.AsObject()
        from operation in path.Value!.AsObject()
        select ($"{operation.Key.ToUpperInvariant()} {path.Key}", operation.Value!.AsObject());

    public async ValueTask InitializeAsync()
    {
        _app = ApiHost.Create(["--environment", "Production"], builder => builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Logging:LogLevel:Default"] = "None",
            ["ConnectionStrings:Postgres"] = "Host=127.0.0.1;Port=1;Username=nobody;Database=none",
            ["ConnectionStrings:RabbitMq"] = "amqp://127.0.0.1:1/",
        }));

        // Starting would do this: the description is made of the endpoints that the pipeline knows.
        _app.UseEndpoints(_ => { });
        var document = await _app.Services.GetRequiredKeyedService<IOpenApiDocumentProvider>("v1").GetOpenApiDocumentAsync();
        Json = JsonNode.Parse(await document.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1))!.AsObject();
        Text = Json.ToJsonString(new JsonSerializerOptions { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NewLine = "\n" }) + "\n";
    }

    public async ValueTask DisposeAsync() => await _app!.DisposeAsync();
}
