using System.Globalization;
using Microsoft.OpenApi;
using Rsvp.Api.Problems;
using Rsvp.Hosting.Problems;

namespace Rsvp.Api.Documentation;

/// <summary>Describes the refusals of a route: one answer per status, with every code that may be in it and an example of each.</summary>
internal static class ProblemAnswers
{
    internal static void Describe(OpenApiOperation operation, OpenApiDocument document, IEnumerable<string> codes, bool isCommand)
    {
        foreach (var kinds in codes.Distinct().Select(ProblemCatalog.Find).GroupBy(kind => kind.Status))
        {
            var response = new OpenApiResponse
            {
                Description = string.Join("\n\n", kinds.Select(kind => $"`{kind.Code}`: {kind.Title}")),
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    [ProblemResult.ContentType] = new()
                    {
                        Schema = new OpenApiSchemaReference(SharedSchemas.Problem, document),
                        Examples = kinds.ToDictionary(kind => kind.Code, kind => (IOpenApiExample)new OpenApiExampleReference(kind.Code, document)),
                    },
                },
            };
            DescribeHeaders(response, document, kinds.Key, isCommand);
            operation.Responses![kinds.Key.ToString(CultureInfo.InvariantCulture)] = response;
        }
    }

    /// <summary>Adds an example of every refusal that a route names.</summary>
    internal static void AddExamples(OpenApiDocument document)
    {
        var named = from path in document.Paths.Values
                    from operation in path.Operations!.Values
                    from response in operation.Responses!.Values
                    from content in response.Content ?? new Dictionary<string, OpenApiMediaType>()
                    where content.Key == ProblemResult.ContentType
                    from example in content.Value.Examples!.Keys
                    select example;
        foreach (var code in named.Distinct().Order(StringComparer.Ordinal))
        {
            document.AddComponent<IOpenApiExample>(code, new OpenApiExample { Summary = ProblemCatalog.Find(code).Title, Value = Examples.Problem(code) });
        }
    }

    private static void DescribeHeaders(OpenApiResponse response, OpenApiDocument document, int status, bool isCommand)
    {
        switch (status)
        {
            case StatusCodes.Status401Unauthorized:
                response.Has(document, SharedParts.Challenge);
                break;
            case StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable:
                response.Has(document, SharedParts.RetryAfter);
                break;

            // A refusal may be an outcome that was waited for; what the API says by itself is not.
            case StatusCodes.Status403Forbidden or StatusCodes.Status404NotFound or StatusCodes.Status409Conflict
                or StatusCodes.Status412PreconditionFailed or StatusCodes.Status422UnprocessableEntity when isCommand:
                response.Has(document, SharedParts.PreferenceApplied);
                break;
            default:
                break;
        }
    }
}
