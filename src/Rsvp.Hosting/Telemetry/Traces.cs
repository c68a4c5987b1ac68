using System.Diagnostics;

namespace Rsvp.Hosting.Telemetry;

/// <summary>The spans of all services. Every method returns null, and costs a look at a field, when nothing is traced.</summary>
/// <remarks>
/// What is under way between services carries its context in the message itself (<c>traceParent</c>), because a message of the outbox outlives
/// the process that wrote it, and because a batch has as many contexts as commands.
/// </remarks>
public static class Traces
{
    /// <summary>Name of the source.</summary>
    public const string Name = "Rsvp";

    /// <summary>Where spans come from.</summary>
    public static ActivitySource Source { get; } = new(Name);

    /// <summary>The running span as a W3C <c>traceparent</c>; null when none is recorded.</summary>
    public static string? Current => Activity.Current is { Recorded: true } span ? span.Id : null;

    /// <summary>Begins a step of the running span; null when none is recorded.</summary>
    /// <param name="name">A few words, the same for all of its kind.</param>
    public static Activity? Step(string name) => Activity.Current is { Recorded: true } ? Source.StartActivity(name) : null;

    /// <summary>Begins a span under one that runs, or ran, elsewhere; null when that was not recorded.</summary>
    /// <param name="name">A few words, the same for all of its kind.</param>
    /// <param name="traceParent">What the message carries.</param>
    /// <param name="kind">Its part in the conversation.</param>
    /// <param name="links">Other spans that it has to do with; null for none.</param>
    /// <param name="startTime">When it began, UTC; default: now.</param>
    public static Activity? Continue(
        string name, string? traceParent, ActivityKind kind = ActivityKind.Internal, IEnumerable<ActivityLink>? links = null, DateTimeOffset startTime = default) =>
        Source.HasListeners() && TryParse(traceParent, out var parent) ? Source.StartActivity(name, kind, parent, tags: null, links, startTime) : null;

    /// <summary>Gives what is logged until it is disposed the ids of a trace that runs elsewhere; null when there is none. Not for where speed matters.</summary>
    /// <param name="traceParent">What the message carries.</param>
    public static IDisposable? LogsOf(string? traceParent) => TryParse(traceParent, out var parent)
        ? new Activity("log").SetParentId(parent.TraceId, parent.SpanId, parent.TraceFlags).Start()
        : null;

    /// <summary>Reads a <c>traceparent</c> of another service.</summary>
    /// <param name="traceParent">What the message carries; null when it is not traced.</param>
    /// <param name="context">What it says.</param>
    /// <returns>False when there is none, or none that can be read.</returns>
    public static bool TryParse(string? traceParent, out ActivityContext context)
    {
        context = default;
        return traceParent is not null && ActivityContext.TryParse(traceParent, traceState: null, isRemote: true, out context);
    }
}
