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
            openApi.AddSchemaTransformer(AnswerSchemas.CorrectAsync);
            openApi.AddOperationTransformer(OperationDescriber.DescribeAsync);
            openApi.AddDocumentTransformer(DocumentDescriber.DescribeAsync);
        });
    }

    internal static void MapDocumentation(this IEndpointRouteBuilder routes)
    {
        routes.MapOpenApi("/openapi/{documentName}.json").AllowAnonymous();
        routes.MapReference();
    }
}
