using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Rsvp.Hosting.Health;

/// <summary>What a service says of itself: that it lives, that it has started, and whether it can do its work now.</summary>
internal static class HealthEndpoints
{
    /// <summary>Checks with this tag decide readiness.</summary>
    internal const string Ready = "ready";

    /// <summary>
    /// Maps <c>/health/live</c> (the process answers; nothing else is asked), <c>/health/ready</c> (all is well now) and <c>/health/startup</c> (200 for
    /// good once it, or readiness, has found all well). Degraded is 503 like Unhealthy. The body names each check and its state, and no reason: the
    /// port is public, and reasons name hosts.
    /// </summary>
    public static void MapHealth(this WebApplication app)
    {
        var hasStarted = false;
        app.MapHealthChecks("/health/live", With(_ => false)).AllowAnonymous().DisableRateLimiting();
        app.MapHealthChecks("/health/startup", With(check => !Volatile.Read(ref hasStarted) && check.Tags.Contains(Ready), Note)).AllowAnonymous().DisableRateLimiting();
        app.MapHealthChecks("/health/ready", With(check => check.Tags.Contains(Ready), Note)).AllowAnonymous().DisableRateLimiting();

        void Note(HealthReport report)
        {
            if (report.Status is HealthStatus.Healthy) Volatile.Write(ref hasStarted, true);
        }
    }

    private static HealthCheckOptions With(Func<HealthCheckRegistration, bool> predicate, Action<HealthReport>? onReport = null) => new()
    {
        Predicate = predicate,
        ResultStatusCodes = new Dictionary<HealthStatus, int>
        {
            [HealthStatus.Healthy] = StatusCodes.Status200OK,
            [HealthStatus.Degraded] = StatusCodes.Status503ServiceUnavailable,
            [HealthStatus.Unhealthy] = StatusCodes.Status503ServiceUnavailable,
        },
        ResponseWriter = (context, report) =>
        {
            onReport?.Invoke(report);
            return WriteAsync(context.Response, report);
        },
    };

    private static async Task WriteAsync(HttpResponse response, HealthReport report)
    {
        response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("status", report.Status.ToString());
        json.WriteStartObject("checks");
        foreach (var (name, entry) in report.Entries)
        {
            json.WriteString(name, entry.Status.ToString());
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }
}
