using Rsvp.Api.Bodies;
using Rsvp.Api.Problems;
using Rsvp.Hosting.Problems;

namespace Rsvp.Api.Edge;

/// <summary>Bounds on what clients may do to the server, and what every answer carries.</summary>
internal static class EdgeExtensions
{
    // A token and a few headers; the default of 32 KiB is for cookies.
    private const int HeaderBytesMax = 16 * 1024;

    // An honest client sends its headers in one go.
    private static readonly TimeSpan HeadersTimeout = TimeSpan.FromSeconds(10);

    internal static void AddEdge(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<BodyRules>();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = BodyReader.BytesMax;
            kestrel.Limits.MaxRequestHeadersTotalSize = HeaderBytesMax;
            kestrel.Limits.RequestHeadersTimeout = HeadersTimeout;
        });
    }

    /// <summary>Before everything else: headers, and problems for what goes wrong further in.</summary>
    internal static void UseEdge(this IApplicationBuilder app)
    {
        app.Use((http, next) =>
        {
            var headers = http.Response.Headers;
            headers.XContentTypeOptions = "nosniff";
            headers.CacheControl = "no-store";
            headers.ContentSecurityPolicy = ContentPolicy.OfData;
            return next(http);
        });
        app.UseMiddleware<ProblemMiddleware>();
    }

    /// <summary>After routing: a path that is no route is 404, also without a token; there is nothing to protect.</summary>
    internal static void UseNotFound(this IApplicationBuilder app) => app.Use((http, next) =>
        http.GetEndpoint() is null ? new ProblemResult(ProblemCodes.NotFound).ExecuteAsync(http) : next(http));

    /// <summary>After routing: an endpoint that answers a page has a policy of its own.</summary>
    internal static void UseContentPolicies(this IApplicationBuilder app) => app.Use((http, next) =>
    {
        if (http.GetEndpoint()?.Metadata.GetMetadata<ContentPolicyMetadata>() is { } page)
        {
            http.Response.OnStarting(() =>
            {
                http.Response.Headers.ContentSecurityPolicy = page.Of(http);
                return Task.CompletedTask;
            });
        }

        return next(http);
    });
}
