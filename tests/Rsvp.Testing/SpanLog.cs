using System.Collections.Concurrent;
using System.Diagnostics;
using Rsvp.Hosting.Telemetry;

namespace Rsvp.Testing;

/// <summary>A trace that the test begins, as a caller would, and the spans of this process that belong to it.</summary>
public sealed class SpanLog : IDisposable
{
    private readonly ConcurrentQueue<Activity> _ended = new();
    private readonly ActivityListener _listener;
    private readonly ActivityTraceId _traceId = ActivityTraceId.CreateRandom();

    /// <param name="sources">What is listened to besides our own.</param>
    public SpanLog(params string[] sources)
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Traces.Name || sources.Contains(source.Name),
            Sample = (ref ActivityCreationOptions<ActivityContext> options) =>
                IsRecorded(options.Parent) || (options.Links ?? []).Any(link => IsRecorded(link.Context)) ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
            ActivityStopped = _ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>Another span of the trace, as a message or a request would carry it.</summary>
    public string NewTraceParent() => $"00-{TraceId}-{ActivitySpanId.CreateRandom()}-01";

    /// <summary>Id of the trace.</summary>
    public string TraceId => _traceId.ToHexString();

    /// <summary>Spans in the trace itself, in the order in which they ended.</summary>
    public IReadOnlyList<Activity> Own => [.. _ended.Where(span => span.TraceId == _traceId)];

    /// <summary>Spans of traces of their own that are linked to it, and those below them.</summary>
    public IReadOnlyList<Activity> Linked
    {
        get
        {
            var traces = _ended.Where(span => span.TraceId != _traceId && span.Links.Any(link => link.Context.TraceId == _traceId)).Select(span => span.TraceId).ToHashSet();
            return [.. _ended.Where(span => traces.Contains(span.TraceId))];
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private static bool IsRecorded(ActivityContext context) => (context.TraceFlags & ActivityTraceFlags.Recorded) != 0;
}
