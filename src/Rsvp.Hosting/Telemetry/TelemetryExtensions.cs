using System.Diagnostics.Metrics;
using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Rsvp.Hosting.Telemetry;

/// <summary>Adds metrics, traces and logs.</summary>
internal static class TelemetryExtensions
{
    private static readonly string[] Meters = ["Rsvp", "MassTransit", "Npgsql", "Microsoft.AspNetCore.Server.Kestrel", "Microsoft.AspNetCore.Hosting"];

    // More than one for each of the 256 partitions; each of those may have several of MassTransit's, which keep the library's bound.
    private const int SeriesMax = 300;

    private static readonly string[] ManySeries = ["http.server.request.duration", "rsvp.request.duration", "rsvp.commands", "rsvp.replays"];

    /// <summary>Metrics always, for whoever scrapes them; traces, and all three by OTLP, when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set.</summary>
    internal static void AddTelemetry(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<TelemetryOptions>().BindConfiguration("Telemetry").ValidateDataAnnotations().ValidateOnStart();
        var options = builder.Configuration.GetSection("Telemetry").Get<TelemetryOptions>() ?? new TelemetryOptions();
        builder.AddLogs(options);

        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => Describe(resource, builder.Environment))
            .WithMetrics(metrics => metrics
                .AddMeter(Meters)
                .AddView(Bound)
                .AddRuntimeInstrumentation()
                .AddPrometheusExporter());
        if (string.IsNullOrEmpty(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
        {
            return;
        }

        builder.Services.AddSingleton<IStartupFilter, RequestSpans>();

        // MassTransit's spans would say the same as ours once more, and could not follow a message through the outbox.
        telemetry
            .WithTracing(traces => traces
                .SetSampler(new RequestSampler(options.TraceRatio))
                .AddSource(Traces.Name, "Microsoft.AspNetCore", "Npgsql"))
            .WithLogging(configureBuilder: null, logs => logs.IncludeScopes = true)
            .UseOtlpExporter();
    }

    /// <summary>Room for the series of an instrument is taken when it is made; by default it is for 2,000, which with 78 instruments are 14 MB.</summary>
    private static MetricStreamConfiguration? Bound(Instrument instrument) =>
        instrument.Meter.Name == "MassTransit" || ManySeries.Contains(instrument.Name) ? null : new MetricStreamConfiguration { CardinalityLimit = SeriesMax };

    private static void AddLogs(this WebApplicationBuilder builder, TelemetryOptions options)
    {
        var logging = builder.Logging;
        logging.Configure(factory => factory.ActivityTrackingOptions = ActivityTrackingOptions.TraceId | ActivityTrackingOptions.SpanId);
        if (options.LogFormat is LogFormat.Json || (options.LogFormat is null && !builder.Environment.IsDevelopment()))
        {
            logging.AddJsonConsole(console =>
            {
                // The ids of the trace are a scope.
                console.IncludeScopes = true;
                console.UseUtcTimestamp = true;
                console.TimestampFormat = OneLineFormatter.TimeFormat;
            });
        }
        else
        {
            logging.AddConsole(console => console.FormatterName = OneLineFormatter.FormatterName)
                .AddConsoleFormatter<OneLineFormatter, ConsoleFormatterOptions>();
        }

        logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        logging.AddFilter("MassTransit", LogLevel.Warning);
    }

    private static void Describe(ResourceBuilder resource, IHostEnvironment environment) => resource
        .AddService(
            environment.ApplicationName.Replace('.', '-').ToLowerInvariant(),
            serviceVersion: Assembly.GetEntryAssembly()?.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion,
            serviceInstanceId: Guid.CreateVersion7(TimeProvider.System.GetUtcNow()).ToString())
        .AddAttributes([new("deployment.environment.name", environment.EnvironmentName)])

        // Last: what the operator says counts.
        .AddEnvironmentVariableDetector();
}
