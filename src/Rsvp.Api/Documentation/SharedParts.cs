using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace Rsvp.Api.Documentation;

/// <summary>Headers and parameters that many routes have, described once.</summary>
internal static class SharedParts
{
    internal const string ETag = "ETag";
    internal const string Location = "Location";
    internal const string PreferenceApplied = "Preference-Applied";
    internal const string RetryAfter = "Retry-After";
    internal const string Challenge = "WWW-Authenticate";

    internal const string Prefer = "Prefer";
    internal const string IdempotencyKey = "Idempotency-Key";
    internal const string IfMatch = "If-Match";
    internal const string Limit = "limit";
    internal const string Cursor = "cursor";

    private static readonly Dictionary<string, OpenApiHeader> Headers = new(StringComparer.Ordinal)
    {
        [ETag] = Header("The RSVP's version, for `If-Match`.", "\"3\""),
        [Location] = Header("Where the answer is, or will be: the new RSVP or activity, or the request.", "/api/requests/" + Examples.RequestId),
        [PreferenceApplied] = Header("There when the outcome was waited for; the seconds that were granted.", "wait=10"),
        [RetryAfter] = Header("Seconds after which it is worth trying again.", "1"),
        [Challenge] = Header("How to get in, and what is wrong with the token.", "Bearer"),
    };

    private static readonly Dictionary<string, OpenApiParameter> Parameters = new(StringComparer.Ordinal)
    {
        [Prefer] = new OpenApiParameter
        {
            In = ParameterLocation.Header,
            Description = "`wait=N` (RFC 7240): answer with the outcome when it is known within N seconds; more than 30 counts as 30.",
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            Example = "wait=10",
        },
        [IdempotencyKey] = new OpenApiParameter
        {
            In = ParameterLocation.Header,
            Description = "Printable ASCII. The same key by the same user on the same method and path with the same body is the same request: it takes effect once, and every repeat gets the same `requestId` and outcome, for 24 hours at least.",
            Schema = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = 128 },
            Example = "5f0c2b1e-ask-1",
        },
        [IfMatch] = new OpenApiParameter
        {
            In = ParameterLocation.Header,
            Description = "The version the RSVP must be at, as its `ETag` said it, or `*` for any active RSVP; otherwise `version_mismatch`.",
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            Example = "\"3\"",
        },
        [Limit] = new OpenApiParameter
        {
            In = ParameterLocation.Query,
            Description = FieldTexts.Of(Limit),
            Schema = new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "1", Default = 50 },
        },
        [Cursor] = new OpenApiParameter
        {
            In = ParameterLocation.Query,
            Description = FieldTexts.Of(Cursor),
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        },
    };

    /// <summary>Adds all of them to the document.</summary>
    internal static void AddTo(OpenApiDocument document)
    {
        foreach (var (name, header) in Headers)
        {
            document.AddComponent<IOpenApiHeader>(name, header);
        }

        foreach (var (name, parameter) in Parameters)
        {
            parameter.Name = name;
            document.AddComponent<IOpenApiParameter>(name, parameter);
        }
    }

    /// <summary>Says that the operation takes the parameter.</summary>
    internal static void Takes(this OpenApiOperation operation, string parameter, OpenApiDocument document) =>
        (operation.Parameters ??= []).Add(new OpenApiParameterReference(parameter, document));

    /// <summary>Says that the answer may have the headers.</summary>
    internal static void Has(this OpenApiResponse response, OpenApiDocument document, params ReadOnlySpan<string> headers)
    {
        response.Headers ??= new Dictionary<string, IOpenApiHeader>();
        foreach (var header in headers)
        {
            response.Headers[header] = new OpenApiHeaderReference(header, document);
        }
    }

    private static OpenApiHeader Header(string description, JsonNode example) =>
        new() { Description = description, Schema = new OpenApiSchema { Type = JsonSchemaType.String }, Example = example };
}
