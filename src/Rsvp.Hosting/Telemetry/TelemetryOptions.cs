using System.ComponentModel.DataAnnotations;

namespace Rsvp.Hosting.Telemetry;

/// <summary>What a service tells of itself; section <c>Telemetry</c>. Where it tells it is said by the <c>OTEL_EXPORTER_OTLP_*</c> variables.</summary>
public sealed class TelemetryOptions
{
    /// <summary>Share of requests that are traced when their caller says nothing about it; default 0.01, 0 to 1. Without an OTLP endpoint nothing is traced.</summary>
    [Range(0.0, 1.0)]
    public double TraceRatio { get; set; } = 0.01;

    /// <summary>How the console log is written; null (the default): <see cref="LogFormat.Line"/> in development, <see cref="LogFormat.Json"/> elsewhere.</summary>
    public LogFormat? LogFormat { get; set; }
}

/// <summary>How the console log is written.</summary>
public enum LogFormat
{
    /// <summary>A line to read for each event.</summary>
    Line,

    /// <summary>A JSON object a line.</summary>
    Json,
}
