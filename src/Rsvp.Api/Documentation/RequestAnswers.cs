using System.Text.RegularExpressions;
using Microsoft.OpenApi;

namespace Rsvp.Api.Documentation;

/// <summary>Describes the answers of commands, and of who asks how one is doing.</summary>
internal static partial class RequestAnswers
{
    internal static void Describe(OpenApiOperation operation, OpenApiDocument document, bool isCommand, CreatesMetadata? creates)
    {
        // An operation that is a command has the command's name.
        var command = Capital().Replace(operation.OperationId!, letter => "_" + letter.Value.ToLowerInvariant());
        if (!isCommand)
        {
            var found = Answer("The request, as far as it is known.", SharedSchemas.Request, document);
            found.Content!["application/json"].Examples = new Dictionary<string, IOpenApiExample>
            {
                ["completed"] = new OpenApiExample { Summary = "It took effect.", Value = Examples.Completed(Contracts.CommandNames.SubmitRsvp) },
                ["rejected"] = new OpenApiExample { Summary = "It was refused.", Value = Examples.Rejected() },
                ["pending"] = new OpenApiExample { Summary = "Nothing is known yet.", Value = Examples.Pending() },
            };
            found.Has(document, SharedParts.PreferenceApplied);
            operation.Responses!["200"] = found;
            return;
        }

        // The framework takes a 200 for granted.
        operation.Responses!.Remove("200");
        if (creates is not { Always: true })
        {
            operation.Responses["200"] = Done("With `Prefer: wait`: done; the request document.", command, document);
        }

        if (creates is not null)
        {
            var made = Done("With `Prefer: wait`: done, and something new was made; the request document.", command, document);
            made.Has(document, SharedParts.Location);
            operation.Responses["201"] = made;
        }

        var taken = Answer("Taken and stored durably; `Location` says where the outcome will be.", SharedSchemas.Accepted, document);
        taken.Content!["application/json"].Example = Examples.Accepted(command);
        taken.Has(document, SharedParts.Location);
        operation.Responses["202"] = taken;
    }

    private static OpenApiResponse Done(string description, string command, OpenApiDocument document)
    {
        var example = Examples.Completed(command);
        var done = Answer(description, SharedSchemas.Request, document);
        done.Content!["application/json"].Example = example;
        done.Has(document, SharedParts.PreferenceApplied);
        if (example["rsvp"] is not null)
        {
            done.Has(document, SharedParts.ETag);
        }

        return done;
    }

    private static OpenApiResponse Answer(string description, string schema, OpenApiDocument document) => new()
    {
        Description = description,
        Content = new Dictionary<string, OpenApiMediaType> { ["application/json"] = new() { Schema = new OpenApiSchemaReference(schema, document) } },
    };

    [GeneratedRegex("[A-Z]")]
    private static partial Regex Capital();
}
