using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Rsvp.Hosting.FailPoints;
using Rsvp.Hosting.Health;
using Rsvp.Hosting.Secrets;
using Rsvp.Hosting.Telemetry;

namespace Rsvp.Hosting.ServiceDefaults;

/// <summary>What every service has: health endpoints, telemetry, metrics on a port of their own.</summary>
public static class ServiceDefaultsExtensions
{
    private const string ManagementPortKey = "Management:Port";

    /// <summary>Reads secrets from files, adds health checks and telemetry, and refuses well-known secrets outside development; listens on <c>Management:Port</c> as well when it is set.</summary>
    /// <param name="builder">The host.</param>
    public static void AddServiceDefaults(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Configuration.AddSecretFiles();
        builder.Services.AddSingleton(SkewedClock.OfProcess);
        builder.Services.AddHostedService<SecretsGate>();
        builder.Services.AddHealthChecks();
        builder.AddTelemetry();
        if (ManagementPort(builder.Configuration) is int port)
        {
            var host = builder.Configuration["Management:Host"] ?? "127.0.0.1";
            var urls = builder.Configuration["urls"] ?? "http://127.0.0.1:8080";
            builder.WebHost.UseUrls([.. urls.Split(';'), $"http://{host}:{port}"]);
        }
    }

    /// <summary>Maps <c>/health/live</c>, <c>/health/startup</c>, <c>/health/ready</c> (Degraded is 503) and, on the management port or on a service without one, <c>/metrics</c>.</summary>
    /// <param name="app">The application.</param>
    public static void MapServiceDefaults(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);

        // First: it begins to listen to the meters, and health checks make the buses and all that these need, which count from then on.
        var managementPort = ManagementPort(app.Configuration);
        app.UseOpenTelemetryPrometheusScrapingEndpoint(context =>
            context.Request.Path == "/metrics" && (managementPort is null || context.Connection.LocalPort == managementPort));
        app.MapHealth();
    }

    private static int? ManagementPort(IConfiguration configuration) => configuration.GetValue<int?>(ManagementPortKey);
}
