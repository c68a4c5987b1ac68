using Microsoft.OpenApi;
using Rsvp.Api.Json;

namespace Rsvp.Api.Documentation;

/// <summary>The API's description of itself, generated from the routes.</summary>
internal static class DocumentationExtensions
{
    internal static void AddDocumentation(this IHostApplicationBuilder builder)
    {
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJson.Default));
        builder.Services.AddOpenApi("v1", openApi =>
        {
            openApi.AddOperationTransformer(OperationDescriber.DescribeAsync);
            openApi.AddDocumentTransformer(async (document, context, cancellationToken) =>
            {
                document.Info = new OpenApiInfo
                {
                    Title = "Rsvp",
                    Version = "v1",
                    Description = "Ask for places in activities, wait in line when they are full, and learn what became of it.",
                };
                document.Servers = [];
                document.AddComponent("bearer", (IOpenApiSecurityScheme)new OpenApiSecurityScheme
                {
                    Type = SecuritySchemeType.Http,
                    Scheme = "bearer",
                    BearerFormat = "JWT",
                });
                await SharedSchemas.AddAsync(document, context, cancellationToken);
            });
        });
    }

    internal static void MapDocumentation(this IEndpointRouteBuilder routes) => routes.MapOpenApi("/openapi/{documentName}.json").AllowAnonymous();
}
