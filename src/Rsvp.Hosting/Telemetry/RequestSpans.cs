using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace Rsvp.Hosting.Telemetry;

/// <summary>Describes the spans of requests after the semantic conventions.</summary>
/// <remarks>The framework would describe every request, traced or not, and so pay for all of them. The query is left out: it may hold a token.</remarks>
internal sealed class RequestSpans : IStartupFilter
{
    /// <summary>Before everything else, so that it sees the answer that the client gets.</summary>
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use((http, inner) => Activity.Current is { Recorded: true } span ? DescribeAsync(span, http, inner) : inner(http));
        next(app);
    };

    private static async Task DescribeAsync(Activity span, HttpContext http, RequestDelegate next)
    {
        var request = http.Request;
        if (IsLeftOut(http))
        {
            span.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
            span.IsAllDataRequested = false;
            await next(http);
            return;
        }

        span.SetTag("http.request.method", request.Method);
        span.SetTag("url.scheme", request.Scheme);
        span.SetTag("url.path", request.Path.Value);
        try
        {
            await next(http);
        }
        catch (Exception error)
        {
            span.SetTag("error.type", error.GetType().FullName);
            span.SetStatus(ActivityStatusCode.Error);
            throw;
        }
        finally
        {
            var route = (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText;
            span.DisplayName = route is null ? request.Method : $"{request.Method} {route}";
            span.SetTag("http.route", route);
            if (http.GetEndpoint()?.Metadata.GetMetadata<SecretPathMetadata>() is not null)
            {
                span.SetTag("url.path", route);
            }

            span.SetTag("http.response.status_code", http.Response.StatusCode);
            if (http.Response.StatusCode >= StatusCodes.Status500InternalServerError && span.Status is not ActivityStatusCode.Error)
            {
                span.SetTag("error.type", http.Response.StatusCode.ToString(CultureInfo.InvariantCulture));
                span.SetStatus(ActivityStatusCode.Error);
            }
        }
    }

    // Looks from outside say nothing about anybody's request, and a connection that stays open is none.
    private static bool IsLeftOut(HttpContext http) =>
        http.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal)
        || http.Request.Path.StartsWithSegments("/metrics", StringComparison.Ordinal)
        || http.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true };
}
