using System.Diagnostics;
using Rsvp.Hosting.Telemetry;

namespace Rsvp.Notifier.Watching;

/// <summary>The span of telling watchers of traced changes, from their commit on: in the trace of the first, linked to the others that went out with it.</summary>
/// <param name="kind">What they are told, as in the metrics.</param>
internal sealed class PushTrace(string kind)
{
    // More changes than this in one round are a rush: some will do.
    private const int TracedMax = 32;

    private readonly List<string> _traced = [];
    private DateTimeOffset _since;

    /// <summary>A change is told of in this round.</summary>
    /// <param name="traceParent">What its event carries; null when it is not traced.</param>
    /// <param name="at">When it was committed.</param>
    internal void Add(string? traceParent, DateTimeOffset at)
    {
        if (traceParent is not null && _traced.Count < TracedMax && !_traced.Contains(traceParent))
        {
            _since = _traced.Count == 0 || at < _since ? at : _since;
            _traced.Add(traceParent);
        }
    }

    /// <summary>The round is over.</summary>
    /// <param name="messages">Written to connections.</param>
    /// <param name="now">The time, UTC.</param>
    internal void End(int messages, DateTimeOffset now)
    {
        if (_traced.Count == 0)
        {
            return;
        }

        if (messages > 0)
        {
            var links = _traced.Skip(1).Select(other => Traces.TryParse(other, out var context) ? new ActivityLink(context) : default);
            using var span = Traces.Continue("push", _traced[0], ActivityKind.Producer, links, _since < now ? _since : now);
            span?.SetTag("rsvp.push.kind", kind);
            span?.SetTag("rsvp.push.messages", messages);
        }

        _traced.Clear();
    }
}
