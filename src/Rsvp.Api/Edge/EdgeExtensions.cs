using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
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

    // A body that trickles in slower than this keeps a connection and nothing else.
    private static readonly MinDataRate BodyRate = new(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));

    internal static void AddEdge(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<BodyRules>();
        builder.Services.AddOptions<ProxyOptions>().BindConfiguration("Proxy")
            .Validate(options => options.AreValid, "Proxy:Networks is a list of networks such as 10.0.0.0/8.")
            .ValidateOnStart();
        builder.Services.AddOptions<ForwardedHeadersOptions>().Configure<IOptions<ProxyOptions>>((forwarded, proxies) =>
        {
            // The framework believes this machine; whoever is on it need not be a proxy.
            forwarded.KnownProxies.Clear();
            forwarded.KnownIPNetworks.Clear();
            foreach (var network in proxies.Value.Parsed)
            {
                forwarded.KnownIPNetworks.Add(network);
            }

            // Without a proxy there is nobody to believe; with some, the first address from the right that is none of theirs counts.
            forwarded.ForwardedHeaders = forwarded.KnownIPNetworks.Count == 0 ? ForwardedHeaders.None : ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
            forwarded.ForwardLimit = null;
        });
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = BodyReader.BytesMax;
            kestrel.Limits.MaxRequestHeadersTotalSize = HeaderBytesMax;
            kestrel.Limits.RequestHeadersTimeout = HeadersTimeout;
            kestrel.Limits.MinRequestBodyDataRate = BodyRate;
        });
    }

    /// <summary>Before everything else: who the client is, headers, and problems for what goes wrong further in.</summary>
    internal static void UseEdge(this IApplicationBuilder app)
    {
        app.UseForwardedHeaders();
        app.Use((http, next) =>
        {
            var headers = http.Response.Headers;
            headers.XContentTypeOptions = "nosniff";
            headers.CacheControl = "no-store";
            headers.ContentSecurityPolicy = ContentPolicy.OfData;
            headers["Referrer-Policy"] = "no-referrer";
            if (http.Request.IsHttps)
            {
                headers.StrictTransportSecurity = "max-age=31536000";
            }

            // RFC 9110, section 9.3.2: what GET would answer; the server leaves the body out.
            if (HttpMethods.IsHead(http.Request.Method) && http.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal))
            {
                http.Request.Method = HttpMethods.Get;
            }

            return next(http);
        });
        app.UseMiddleware<ProblemMiddleware>();
    }

    /// <summary>After routing: a path that is no route is 404 and a method that it does not have 405, also without a token; there is nothing to protect.</summary>
    internal static void UseNotFound(this IApplicationBuilder app) => app.Use((http, next) => http.GetEndpoint() switch
    {
        null => new ProblemResult(ProblemCodes.NotFound).ExecuteAsync(http),
        RouteEndpoint => next(http),

        // No route, but what routing refuses with.
        var refusal => refusal.RequestDelegate!(http),
    });

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
