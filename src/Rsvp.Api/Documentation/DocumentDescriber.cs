using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Rsvp.Api.Documentation;

/// <summary>Completes the document when all operations are in it.</summary>
internal static class DocumentDescriber
{
    private static readonly Dictionary<string, string> Tags = new(StringComparer.Ordinal)
    {
        ["Activities"] = "What people answer to, and its live counts. `GET /api/activities/{activityId}/capacity` answers WebSocket upgrades too, with a token: it sends `{ type: capacity_update, data, timestamp }`, a snapshot first.",
        ["RSVPs"] = "One's own answer to an activity.",
        ["Groups"] = "Several parties in one command.",
        ["Offers"] = "Seats that are held for somebody who waited, until answered.",
        ["Waitlist"] = "The line.",
        ["Hosts"] = "What the hosts of an activity do, and admins.",
        ["Requests"] = "What became of a command.",
        ["Users"] = "One's own profile and RSVPs.",
        ["Push"] = "Changes as they happen: by SignalR at `/hubs/rsvp` (`WatchActivity`, `UnwatchActivity`, `WatchRsvp`, `UnwatchRsvp`; the server calls `capacityUpdate`, `rsvpStatusUpdate`, `waitlistUpdate`), or by plain WebSockets.",
        ["Analytics"] = "Figures about an activity, for its hosts.",
        ["Notifications"] = "What a person was told.",
        ["Calendars"] = "One's places in one's own calendar (RFC 5545).",
        ["Webhooks"] = "Calls to a client's own server.",
    };

    internal static async Task DescribeAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Rsvp",
            Version = "v1",
            Summary = "RSVPs to activities of limited capacity.",
            Description = "Ask for places in activities, wait in line when they are full, and learn what became of it. Times are RFC 3339 in UTC, ids are UUIDs; ignore fields you do not know. `docs/api.md` is a guide by task.",
            Contact = new OpenApiContact { Name = "The maintainers of Rsvp" },
            License = new OpenApiLicense { Name = "MIT", Identifier = "MIT" },
        };
        document.Servers = [new OpenApiServer { Url = "/", Description = "The public origin, which serves this document." }];
        document.AddComponent<IOpenApiSecurityScheme>("bearer", new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            BearerFormat = "JWT",
            Description = "`sub` is the user's UUID; `name`, `email` and `role` (`admin`) are optional.",
        });
        await SharedSchemas.AddAsync(document, context, cancellationToken);
        SharedParts.AddTo(document);
        ProblemAnswers.AddExamples(document);
        AddSamples(document);

        // In an order that does not depend on where a route is written.
        var paths = new OpenApiPaths();
        foreach (var (path, item) in document.Paths.OrderBy(path => path.Key, StringComparer.Ordinal))
        {
            paths.Add(path, item);
        }

        document.Paths = paths;
        document.Components!.Schemas = document.Components.Schemas!.OrderBy(schema => schema.Key, StringComparer.Ordinal).ToDictionary();
        document.Tags = document.Tags!.OrderBy(tag => tag.Name, StringComparer.Ordinal).ToHashSet();
        foreach (var tag in document.Tags)
        {
            tag.Description = Tags.GetValueOrDefault(tag.Name!);
        }
    }

    private static void AddSamples(OpenApiDocument document)
    {
        var answers = from path in document.Paths.Values
                      from operation in path.Operations!.Values
                      from response in operation.Responses!.Values
                      from content in response.Content ?? new Dictionary<string, OpenApiMediaType>()
                      where content.Key == "application/json" && content.Value is { Schema: not null, Example: null, Examples: null }
                      select content.Value;
        foreach (var answer in answers)
        {
            answer.Example = Samples.Of(answer.Schema!);
        }
    }
}
