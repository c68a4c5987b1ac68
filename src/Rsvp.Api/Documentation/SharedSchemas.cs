using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Rsvp.Contracts;
using Rsvp.Hosting.Problems;

namespace Rsvp.Api.Documentation;

/// <summary>The documents that are written by hand, because their members depend on the outcome.</summary>
internal static class SharedSchemas
{
    internal const string Problem = "Problem";
    internal const string Request = "Request";
    internal const string Results = "MemberResults";
    internal const string Accepted = "AcceptedRequest";

    internal static async Task AddAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        var rsvp = await SchemaAsync(typeof(RsvpDocument), document, context, cancellationToken);
        var activity = await SchemaAsync(typeof(ActivityDocument), document, context, cancellationToken);
        document.AddComponent(Problem, ProblemSchema(rsvp, new OpenApiSchemaReference(Results, document)));
        document.AddComponent(Results, ResultsSchema(rsvp, new OpenApiSchemaReference(Problem, document)));
        document.AddComponent(Accepted, new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Description = "The broker has stored the command durably; its outcome is not known yet.",
            Properties = new Dictionary<string, IOpenApiSchema>
            {
                ["requestId"] = Id("The request."),
                ["status"] = OneOf("pending"),
                ["activityId"] = Id("The activity that the command creates; only for POST /api/activities."),
            },
            Required = new HashSet<string> { "requestId", "status" },
        });
        document.AddComponent(Request, RequestSchema(rsvp, activity, new OpenApiSchemaReference(Problem, document), new OpenApiSchemaReference(Results, document)));
    }

    private static async Task<IOpenApiSchema> SchemaAsync(
        Type type, OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        var schema = await context.GetOrCreateSchemaAsync(type, null, cancellationToken);
        document.AddComponent(type.Name, schema);
        return new OpenApiSchemaReference(type.Name, document);
    }

    private static OpenApiSchema ProblemSchema(IOpenApiSchema rsvp, IOpenApiSchema results) => new()
    {
        Type = JsonSchemaType.Object,
        Description = "RFC 9457 problem details. Branch on code; title and detail are for people.",
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["type"] = new OpenApiSchema { Type = JsonSchemaType.String, Format = "uri", Description = "`urn:rsvp:problem:` and the code." },
            ["title"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "For people; the same for every refusal with this code." },
            ["status"] = new OpenApiSchema { Type = JsonSchemaType.Integer, Description = "The HTTP status; not in request documents." },
            ["detail"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "For people; about this refusal." },
            ["code"] = OneOf([.. ProblemCatalog.All.Select(kind => kind.Code).Order(StringComparer.Ordinal)]),
            ["traceId"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "For whoever looks after the service." },
            ["requestId"] = Id("The request, when a command was accepted or may have been."),
            ["errors"] = new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                Description = "Messages by field, header or parameter.",
                AdditionalProperties = new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.String } },
            },
            ["rsvp"] = rsvp,
            ["checkedInAt"] = Time("When the party was checked in."),
            ["checkedInBy"] = Id("Who checked the party in."),
            ["results"] = results,
        },
        Required = new HashSet<string> { "title", "code" },
    };

    private static OpenApiSchema ResultsSchema(IOpenApiSchema rsvp, IOpenApiSchema problem) => new()
    {
        Type = JsonSchemaType.Array,
        Description = "What became of each member of a group, in the order of the request.",
        Items = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Properties = new Dictionary<string, IOpenApiSchema>
            {
                ["userId"] = Id("The member; null when the RSVP named is nobody's.", JsonSchemaType.Null),
                ["rsvpId"] = Id("The RSVP named, for commands that name RSVPs."),
                ["rsvp"] = OrNull(rsvp, "The member's RSVP after the command."),
                ["problem"] = OrNull(problem, "Why the member was refused."),
            },
            Required = new HashSet<string> { "userId", "rsvp", "problem" },
        },
    };

    private static OpenApiSchema OrNull(IOpenApiSchema schema, string description) =>
        new() { OneOf = [schema, new OpenApiSchema { Type = JsonSchemaType.Null }], Description = description };

    private static OpenApiSchema RequestSchema(IOpenApiSchema rsvp, IOpenApiSchema activity, IOpenApiSchema problem, IOpenApiSchema results) => new()
    {
        Type = JsonSchemaType.Object,
        Description = "A request and what became of it. While it is pending only requestId and status are sure.",
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["requestId"] = Id("The request."),
            ["command"] = new OpenApiSchema { Type = JsonSchemaType.String | JsonSchemaType.Null, Description = "What was asked, such as submit_rsvp." },
            ["status"] = OneOf("pending", "completed", "rejected"),
            ["activityId"] = Id("The activity asked about.", JsonSchemaType.Null),
            ["submittedAt"] = Time("When the API took it.", JsonSchemaType.Null),
            ["completedAt"] = Time("When it was decided.", JsonSchemaType.Null),
            ["rsvp"] = OrNull(rsvp, "The RSVP as it is after the command."),
            ["activity"] = activity,
            ["groupId"] = Id("The group that was registered or cancelled; only for commands about groups."),
            ["results"] = results,
            ["problem"] = problem,
        },
        Required = new HashSet<string> { "requestId", "status" },
    };

    private static OpenApiSchema Id(string description, JsonSchemaType also = 0) =>
        new() { Type = JsonSchemaType.String | also, Format = "uuid", Description = description };

    private static OpenApiSchema Time(string description, JsonSchemaType also = 0) =>
        new() { Type = JsonSchemaType.String | also, Format = "date-time", Description = description };

    private static OpenApiSchema OneOf(params string[] values) =>
        new() { Type = JsonSchemaType.String, Enum = [.. values.Select(value => (JsonNode)value)] };
}
