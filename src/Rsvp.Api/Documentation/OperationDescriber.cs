using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Rsvp.Api.Bodies;
using Rsvp.Api.Rsvps;
using Rsvp.Hosting.Problems;

namespace Rsvp.Api.Documentation;

/// <summary>Completes the description of one route from what its endpoint says about itself.</summary>
internal static class OperationDescriber
{
    private const string Json = "application/json";
    private static readonly string[] Everywhere = [ProblemCodes.RateLimited, ProblemCodes.Unavailable, ProblemCodes.InternalError];
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
        operation.OperationId ??= OperationNames.Of(context.Description.HttpMethod!, context.Description.RelativePath!);
        var codes = new List<string>(Everywhere);
        var remarks = new List<string>();
        DescribeParameters(operation, codes);
        var wait = metadata.OfType<WaitMetadata>().SingleOrDefault();
        var socket = metadata.OfType<SocketMetadata>().SingleOrDefault();
        DescribeAccess(operation, document, isAnonymous: metadata.OfType<IAllowAnonymous>().Any(), socket);
        if (socket is not null)
        {
            codes.AddRange([.. WithToken, ProblemCodes.Forbidden]);
        }
        else if (wait is { IsCommand: false })
        {
            // Who was deleted may still ask how the deletion is doing.
            codes.Add(ProblemCodes.Unauthorized);
        }
        else if (!metadata.OfType<IAllowAnonymous>().Any())
        {
            codes.AddRange(WithToken);
        }

        if (metadata.OfType<PageMetadata>().Any())
        {
            remarks.Add("A list in pages: `nextCursor` is the `cursor` of the next one, and null on the last.");
            codes.Add(ProblemCodes.InvalidRequest);
            operation.Takes(SharedParts.Limit, document);
            operation.Takes(SharedParts.Cursor, document);
        }

        if (wait is not null)
        {
            operation.Takes(SharedParts.Prefer, document);
            if (wait.IsCommand)
            {
                remarks.Add("A command: `202` says that it is stored durably and where its outcome will be; with `Prefer: wait` the outcome itself is answered when it is known in time.");
                codes.AddRange(OfCommands);
                operation.Takes(SharedParts.IdempotencyKey, document);
            }

            RequestAnswers.Describe(operation, document, wait.IsCommand, metadata.OfType<CreatesMetadata>().SingleOrDefault());
        }

        if (metadata.OfType<IfMatchMetadata>().Any())
        {
            operation.Takes(SharedParts.IfMatch, document);
        }

        if (metadata.OfType<BodyMetadata>().SingleOrDefault() is { } body)
        {
            var example = metadata.OfType<BodyExampleMetadata>().SingleOrDefault();
            DescribeBody(operation, BodySchema.Of(body, context.ApplicationServices.GetRequiredService<BodyRules>()), example);
        }

        DescribeAnswers(operation, document, metadata);
        codes.AddRange(metadata.OfType<RefusalMetadata>().SelectMany(refusals => refusals.Codes));
        if (metadata.OfType<OtherDocumentMetadata>().SingleOrDefault() is { } other)
        {
            document.AddComponent(other.Name, await context.GetOrCreateSchemaAsync(other.Type, null, cancellationToken));
            var answer = operation.Responses["200"].Content![Json];
            answer.Schema = new OpenApiSchema { AnyOf = [answer.Schema!, new OpenApiSchemaReference(other.Name, document)] };
        }

        ProblemAnswers.Describe(operation, document, codes, isCommand: wait is { IsCommand: true });
        operation.Description = string.Join("\n\n", [operation.Description ?? operation.Summary + ".", .. remarks]);
    }

    private static void DescribeAccess(OpenApiOperation operation, OpenApiDocument document, bool isAnonymous, SocketMetadata? socket)
    {
        var bearer = new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("bearer", document)] = [] };
        operation.Security = (isAnonymous, socket) switch
        {
            (_, { Only: false }) => [[], bearer],
            (true, null) => null,
            _ => [bearer],
        };
    }

    private static void DescribeParameters(OpenApiOperation operation, List<string> codes)
    {
        foreach (var parameter in operation.Parameters!.OfType<OpenApiParameter>())
        {
            parameter.Description ??= FieldTexts.Of(parameter.Name!);
            if (parameter.In == ParameterLocation.Query)
            {
                codes.Add(ProblemCodes.InvalidRequest);
                if (LengthMaxOf(parameter.Name!) is { } lengthMax && parameter.Schema is OpenApiSchema text)
                {
                    text.MaxLength = lengthMax;
                }

                if (FieldTexts.ChoicesOf(parameter.Name!) is { } choices && parameter.Schema is OpenApiSchema schema)
                {
                    schema.Enum ??= [.. choices.Select(choice => (JsonNode)choice)];
                }
            }
        }
    }

    private static int? LengthMaxOf(string parameter) => parameter switch
    {
        "reason" => PartyBounds.ReasonMax,
        "search" => HostedRsvpEndpoints.SearchMax,
        _ => null,
    };

    private static void DescribeBody(OpenApiOperation operation, OpenApiSchema schema, BodyExampleMetadata? example)
    {
        if (schema.Properties!.Count > 0)
        {
            operation.RequestBody = new OpenApiRequestBody
            {
                Description = schema.Required!.Count > 0 ? "An unknown field is refused." : "May be missing; an unknown field is refused.",
                Required = schema.Required.Count > 0,
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    [Json] = new() { Schema = schema, Example = example is null ? Samples.Of(schema) : JsonNode.Parse(example.Json) },
                },
            };
        }
    }

    private static void DescribeAnswers(OpenApiOperation operation, OpenApiDocument document, IList<object> metadata)
    {
        if (metadata.OfType<SocketMetadata>().SingleOrDefault() is { } socket)
        {
            if (socket.Only)
            {
                operation.Responses!.Remove("200");
            }

            operation.Responses!["101"] = new OpenApiResponse { Description = "The WebSocket is open; a snapshot comes first." };
        }

        if (!operation.Responses!.TryGetValue("200", out var answer) || answer is not OpenApiResponse ok)
        {
            return;
        }

        if (metadata.OfType<ETagMetadata>().Any())
        {
            ok.Has(document, SharedParts.ETag);
        }

        if (metadata.OfType<CsvMetadata>().Any())
        {
            ok.Content!["text/csv"] = new OpenApiMediaType
            {
                Schema = new OpenApiSchema
                {
                    Type = JsonSchemaType.String,
                    Description = "For `Accept: text/csv`: the whole filtered list in UTF-8 with a byte order mark, under the names that the JSON has. A cell that a spreadsheet could take for a formula begins with an apostrophe.",
                },
            };
        }
    }
}
