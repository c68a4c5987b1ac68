using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Rsvp.Api.Bodies;
using Rsvp.Hosting.Problems;

namespace Rsvp.Api.Documentation;

/// <summary>Completes the description of one route from what its endpoint says about itself.</summary>
internal static class OperationDescriber
{
    private const string Json = "application/json";
    private static readonly string[] Everywhere = [ProblemCodes.Unavailable, ProblemCodes.InternalError];
    private static readonly string[] WithToken = [ProblemCodes.Unauthorized, ProblemCodes.UserDeleted];

    private static readonly string[] OfCommands =
    [
        ProblemCodes.InvalidRequest, ProblemCodes.BodyTooLarge, ProblemCodes.UnsupportedMediaType, ProblemCodes.IdempotencyKeyReused,
        ProblemCodes.Expired, ProblemCodes.Failed, ProblemCodes.Overloaded, ProblemCodes.OutcomeUnknown,
    ];

    internal static async Task DescribeAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var document = context.Document!;
        operation.Parameters ??= [];
        operation.Responses ??= [];
        var codes = new List<string>(Everywhere);

        if (!metadata.OfType<IAllowAnonymous>().Any())
        {
            codes.AddRange(WithToken);
            operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("bearer", document)] = [] }];
        }

        if (metadata.OfType<PageMetadata>().Any())
        {
            codes.Add(ProblemCodes.InvalidRequest);
            Parameter(operation, ParameterLocation.Query, "limit", "Items on a page; more than 500 counts as 500.", new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "1", Default = 50 });
            Parameter(operation, ParameterLocation.Query, "cursor", "The nextCursor of the page before.", new OpenApiSchema { Type = JsonSchemaType.String });
        }

        if (metadata.OfType<WaitMetadata>().SingleOrDefault() is { } wait)
        {
            Parameter(operation, ParameterLocation.Header, "Prefer", "`wait=N`: answer with the outcome when it is known within N seconds; more than 30 counts as 30.", new OpenApiSchema { Type = JsonSchemaType.String });
            DescribeRequest(operation, document, wait.IsCommand);
            codes.AddRange(wait.IsCommand ? OfCommands : []);
        }

        if (metadata.OfType<IfMatchMetadata>().Any())
        {
            Parameter(operation, ParameterLocation.Header, "If-Match", "The RSVP's version as its ETag, or `*` for any active RSVP.", new OpenApiSchema { Type = JsonSchemaType.String });
        }

        if (metadata.OfType<BodyMetadata>().SingleOrDefault() is { } body)
        {
            DescribeBody(operation, body, context.ApplicationServices.GetRequiredService<BodyRules>());
        }

        codes.AddRange(metadata.OfType<RefusalMetadata>().SelectMany(refusals => refusals.Codes));
        DescribeRefusals(operation, document, codes);
        if (metadata.OfType<CsvMetadata>().Any())
        {
            operation.Responses["200"].Content!["text/csv"] = new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String } };
        }

        if (metadata.OfType<OtherDocumentMetadata>().SingleOrDefault() is { } other)
        {
            document.AddComponent(other.Name, await context.GetOrCreateSchemaAsync(other.Type, null, cancellationToken));
            var answer = operation.Responses["200"].Content![Json];
            answer.Schema = new OpenApiSchema { AnyOf = [answer.Schema!, new OpenApiSchemaReference(other.Name, document)] };
        }
    }

    private static void DescribeRequest(OpenApiOperation operation, OpenApiDocument document, bool isCommand)
    {
        operation.Responses!["200"] = Response("The request document.", SharedSchemas.Request, document);
        if (isCommand)
        {
            Parameter(operation, ParameterLocation.Header, "Idempotency-Key", "The same key with the same body is the same request.", new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = 128 });
            operation.Responses["201"] = Response("With `Prefer: wait`: done, and something new was made; the request document.", SharedSchemas.Request, document);
            operation.Responses["202"] = Response("Taken; `Location` says where the outcome will be.", SharedSchemas.Accepted, document);
        }
    }

    private static void DescribeBody(OpenApiOperation operation, BodyMetadata body, BodyRules rules)
    {
        var schema = BodySchema.Of(body, rules);
        if (schema.Properties!.Count > 0)
        {
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = schema.Required!.Count > 0,
                Content = new Dictionary<string, OpenApiMediaType> { [Json] = new() { Schema = schema } },
            };
        }
    }

    private static void DescribeRefusals(OpenApiOperation operation, OpenApiDocument document, IEnumerable<string> codes)
    {
        foreach (var kinds in codes.Distinct().Select(ProblemCatalog.Find).GroupBy(kind => kind.Status))
        {
            var text = new StringBuilder();
            foreach (var kind in kinds)
            {
                text.Append(CultureInfo.InvariantCulture, $"`{kind.Code}`: {kind.Title}\n\n");
            }

            operation.Responses![kinds.Key.ToString(CultureInfo.InvariantCulture)] = new OpenApiResponse
            {
                Description = text.ToString().TrimEnd(),
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    ["application/problem+json"] = new() { Schema = new OpenApiSchemaReference(SharedSchemas.Problem, document) },
                },
            };
        }
    }

    private static OpenApiResponse Response(string description, string schema, OpenApiDocument document) => new()
    {
        Description = description,
        Content = new Dictionary<string, OpenApiMediaType> { [Json] = new() { Schema = new OpenApiSchemaReference(schema, document) } },
    };

    private static void Parameter(OpenApiOperation operation, ParameterLocation location, string name, string description, OpenApiSchema schema) =>
        operation.Parameters!.Add(new OpenApiParameter { In = location, Name = name, Description = description, Schema = schema });
}
