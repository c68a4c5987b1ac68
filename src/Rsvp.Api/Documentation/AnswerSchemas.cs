using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Rsvp.Api.Documentation;

/// <summary>Corrects what the framework cannot know of answers: numbers are numbers, and a member that is null is written too.</summary>
internal static class AnswerSchemas
{
    internal static Task CorrectAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        // The serializer would read numbers from strings; nobody reads answers by it.
        if (schema.Type is { } type && (type.HasFlag(JsonSchemaType.Integer) || type.HasFlag(JsonSchemaType.Number)))
        {
            schema.Type = type & ~JsonSchemaType.String;
            schema.Pattern = null;
        }

        if (context.JsonPropertyInfo is null && schema.Properties is { Count: > 0 } properties)
        {
            var written = context.JsonTypeInfo.Properties.Where(property => property.ShouldSerialize is null).Select(property => property.Name);
            schema.Required = properties.Keys.Intersect(written).ToHashSet();
        }

        return Task.CompletedTask;
    }
}
