using Microsoft.Extensions.Options;
using Rsvp.Notifier.Watching;

namespace Rsvp.Notifier.Access;

/// <summary>Which pages may connect: those of the public origin, and those on the list. Who sends no <c>Origin</c> is no browser.</summary>
internal sealed class OriginRules(IOptions<PushOptions> options, IConfiguration configuration)
{
    internal const string CorsPolicy = "push";

    // An environment variable that is there and empty names nothing.
    private readonly string? _publicOrigin = configuration["Public:Origin"] is { Length: > 0 } origin ? origin.TrimEnd('/') : null;

    /// <summary>Origins that are named in the configuration.</summary>
    internal IEnumerable<string> Named => options.Value.AllowedOrigins.Select(origin => origin.TrimEnd('/'))
        .Concat(_publicOrigin is null ? [] : [_publicOrigin]);

    internal bool Allows(HttpRequest request)
    {
        var origins = request.Headers.Origin;
        return origins.Count == 0
            || (origins is [{ } origin]
                && (Named.Contains(origin, StringComparer.OrdinalIgnoreCase)
                    || (_publicOrigin is null && string.Equals(origin, OriginOf(request), StringComparison.OrdinalIgnoreCase))));
    }

    /// <summary>The origin under which the client sees this service. Only the page's own scripts could set these headers, and browsers do not let them.</summary>
    private static string OriginOf(HttpRequest request)
    {
        var scheme = request.Headers["X-Forwarded-Proto"] is [{ Length: > 0 } proto] ? proto : request.Scheme;
        var host = request.Headers["X-Forwarded-Host"] is [{ Length: > 0 } forwarded] ? forwarded : request.Host.Value;
        return $"{scheme}://{host}";
    }
}
