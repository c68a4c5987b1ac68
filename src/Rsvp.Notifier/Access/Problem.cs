using System.Diagnostics;
using Rsvp.Hosting.Problems;

namespace Rsvp.Notifier.Access;

/// <summary>Writes refusals as RFC 9457.</summary>
internal static class Problem
{
    internal static Task WriteAsync(HttpContext http, string code, string? detail = null)
    {
        var kind = ProblemCatalog.Find(code);
        if (kind.Status is StatusCodes.Status503ServiceUnavailable or StatusCodes.Status429TooManyRequests)
        {
            http.Response.Headers.RetryAfter = "1";
        }

        return TypedResults.Problem(
            detail,
            statusCode: kind.Status,
            title: kind.Title,
            type: "urn:rsvp:problem:" + kind.Code,
            extensions: new Dictionary<string, object?>
            {
                ["code"] = kind.Code,
                ["traceId"] = Activity.Current?.TraceId.ToHexString() ?? http.TraceIdentifier,
            }).ExecuteAsync(http);
    }

    /// <summary>For bare status codes, such as a missing token's.</summary>
    internal static Task WriteAsync(HttpContext http) => WriteAsync(http, http.Response.StatusCode switch
    {
        StatusCodes.Status401Unauthorized => ProblemCodes.Unauthorized,
        StatusCodes.Status403Forbidden => ProblemCodes.Forbidden,
        StatusCodes.Status404NotFound => ProblemCodes.NotFound,
        StatusCodes.Status405MethodNotAllowed => ProblemCodes.MethodNotAllowed,
        >= 500 => ProblemCodes.InternalError,
        _ => ProblemCodes.InvalidRequest,
    });
}
