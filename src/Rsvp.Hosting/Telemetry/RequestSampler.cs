using System.Diagnostics;
using OpenTelemetry.Trace;

namespace Rsvp.Hosting.Telemetry;

/// <summary>Traces what belongs to a traced request, and begins a trace by chance only where a request comes in.</summary>
/// <remarks>A span under another, or linked to others, is recorded when any of those is. Work that nobody asked for, such as a look at what is due, is not traced.</remarks>
/// <param name="ratio">Share of requests that are traced when their caller says nothing about it.</param>
internal sealed class RequestSampler(double ratio) : Sampler
{
    private readonly TraceIdRatioBasedSampler _byChance = new(ratio);

    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters)
    {
        if (samplingParameters.ParentContext.TraceId != default)
        {
            return new SamplingResult(IsRecorded(samplingParameters.ParentContext));
        }

        foreach (var link in samplingParameters.Links ?? [])
        {
            if (IsRecorded(link.Context))
            {
                return new SamplingResult(isSampled: true);
            }
        }

        return samplingParameters.Kind == ActivityKind.Server ? _byChance.ShouldSample(samplingParameters) : new SamplingResult(isSampled: false);
    }

    private static bool IsRecorded(ActivityContext context) => (context.TraceFlags & ActivityTraceFlags.Recorded) != 0;
}
