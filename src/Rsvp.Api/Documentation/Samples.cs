using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using Rsvp.Contracts;

namespace Rsvp.Api.Documentation;

/// <summary>Makes up a document from its schema: likely values by name, else the simplest that are valid.</summary>
internal static class Samples
{
    // Documents refer to others, never to themselves; deeper is a mistake.
    private const int DepthMax = 8;

    private static readonly Dictionary<string, JsonNode?> ByName = new(StringComparer.Ordinal)
    {
        ["id"] = Examples.RsvpId.ToString(),
        ["activityId"] = Examples.ActivityId.ToString(),
        ["rsvpId"] = Examples.RsvpId.ToString(),
        ["userId"] = Examples.UserId.ToString(),
        ["groupId"] = null,
        ["title"] = "Chess night",
        ["name"] = "Ada",
        ["email"] = "ada@example.org",
        ["city"] = "Graz",
        ["url"] = "https://example.org/hooks/rsvp",
        ["path"] = "/api/calendars/mPz0Qb3Yw1nT5cXe7uKdRj2vLh8sAf4gGiOoUyEtW6k.ics",
        ["birthYear"] = 1990,
        ["status"] = "confirmed",
        ["promotionMode"] = "auto",
        ["offerMinutes"] = 60,
        ["actor"] = "self",
        ["action"] = "confirmed",
        ["previousStatus"] = null,
        ["newStatus"] = "confirmed",
        ["rule"] = "room",
        ["code"] = null,
        ["capacity"] = 20,
        ["available"] = 18,
        ["confirmed"] = 2,
        ["guestCount"] = 1,
        ["partySize"] = 2,
        ["spots"] = 2,
        ["maxPartySize"] = 10,
        ["maxGroupSize"] = 10,
        ["version"] = 3,
        ["position"] = 2,
        ["length"] = 3,
        ["waitlistLength"] = 3,
        ["partiesAhead"] = 1,
        ["spotsAhead"] = 2,
        ["joinedAt"] = "2040-05-01T09:30:00Z",
        ["seq"] = 1,
        ["freeBefore"] = 20,
        ["nextCursor"] = null,
    };

    internal static JsonNode? Of(IOpenApiSchema schema, string? name = null, int depth = 0)
    {
        if (schema is OpenApiSchemaReference { Reference.Id: nameof(ActivityDocument) })
        {
            return Examples.OfActivity();
        }

        if (name is not null && ByName.TryGetValue(name, out var known) && Fits(known, schema))
        {
            return known?.DeepClone();
        }

        if (schema.Enum is { Count: > 0 } values)
        {
            return values[0].DeepClone();
        }

        if (schema.OneOf is { Count: > 0 } choices)
        {
            return Of(choices.FirstOrDefault(choice => choice.Type != JsonSchemaType.Null) ?? choices[0], name, depth + 1);
        }

        if (schema.AnyOf is { Count: > 0 } kinds)
        {
            return Of(kinds[0], name, depth + 1);
        }

        var type = (schema.Type ?? JsonSchemaType.Object) & ~JsonSchemaType.Null;
        var isNullable = schema.Type?.HasFlag(JsonSchemaType.Null) ?? false;
        return type switch
        {
            JsonSchemaType.Object => Object(schema, depth),
            JsonSchemaType.Array => schema.Items is null || depth > DepthMax ? new JsonArray() : new JsonArray(Of(schema.Items, name: null, depth + 1)),

            // What need not be there is mostly not there.
            _ when isNullable => null,
            JsonSchemaType.Integer or JsonSchemaType.Number => Math.Max(0, long.Parse(schema.Minimum ?? "0", CultureInfo.InvariantCulture)),
            JsonSchemaType.Boolean => false,
            _ => schema.Format switch
            {
                "uuid" => Examples.RsvpId.ToString(),
                "date-time" => "2040-05-01T09:30:00Z",
                "date" => "2040-05-01",
                "uri" => "https://example.org/",
                _ => name ?? "text",
            },
        };
    }

    private static JsonObject Object(IOpenApiSchema schema, int depth)
    {
        var made = new JsonObject();
        if (depth > DepthMax || schema.Properties is null)
        {
            return made;
        }

        foreach (var (name, property) in schema.Properties)
        {
            made[name] = Of(property, name, depth + 1);
        }

        // A status that goes with the rest.
        if (made.ContainsKey("title") && made.ContainsKey("status"))
        {
            made["status"] = "scheduled";
        }
        else if (made.ContainsKey("position") && made.ContainsKey("status"))
        {
            made["status"] = "waitlisted";
        }

        return made;
    }

    // The same name may be of another type somewhere else.
    private static bool Fits(JsonNode? value, IOpenApiSchema schema) => schema.Type is { } type && schema.Enum is null && value?.GetValueKind() switch
    {
        null => type.HasFlag(JsonSchemaType.Null),
        System.Text.Json.JsonValueKind.String => type.HasFlag(JsonSchemaType.String),
        _ => type.HasFlag(JsonSchemaType.Integer) || type.HasFlag(JsonSchemaType.Number),
    };
}
