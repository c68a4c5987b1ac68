using System.Diagnostics;
using Rsvp.Hosting.Telemetry;

namespace Rsvp.Api.Submitting;

/// <summary>The span of sending a batch, linked to those of its requests that are traced, each of which gets a span of its own waiting and sending.</summary>
internal sealed class BatchTrace
{
    private readonly List<Submission> _traced;
    private readonly DateTimeOffset _startedAt;
    private readonly Activity _span;

    private BatchTrace(List<Submission> traced, DateTimeOffset startedAt, Activity span)
    {
        _traced = traced;
        _startedAt = startedAt;
        _span = span;
    }

    /// <summary>What the worker's span of the batch goes on from.</summary>
    internal string? TraceParent => _span.Id;

    /// <summary>Begins before the batch is sent; null when none of its requests is traced.</summary>
    internal static BatchTrace? Begin(int partition, List<Submission> batch, TimeProvider time)
    {
        List<Submission>? traced = null;
        foreach (var submission in batch)
        {
            if (submission.Command.TraceParent is not null)
            {
                (traced ??= []).Add(submission);
            }
        }

        if (traced is null)
        {
            return null;
        }

        var links = traced.Select(submission => Traces.TryParse(submission.Command.TraceParent, out var request) ? new ActivityLink(request) : default);
        var span = Traces.Source.StartActivity("send batch", ActivityKind.Producer, parentContext: default, links: links);
        if (span is null)
        {
            return null;
        }

        span.SetTag("messaging.system", "rabbitmq");
        span.SetTag("messaging.batch.message_count", batch.Count);
        span.SetTag("rsvp.partition", partition);
        return new BatchTrace(traced, time.GetUtcNow(), span);
    }

    /// <summary>The broker has answered, or has not.</summary>
    internal void End(Acceptance acceptance, TimeProvider time)
    {
        var name = SubmittingMetrics.Name(acceptance);
        End(_span, acceptance, name);
        ActivityLink[] links = [new ActivityLink(_span.Context)];
        foreach (var submission in _traced)
        {
            var takenAt = time.GetUtcNow() - time.GetElapsedTime(submission.TakenAt);
            if (Traces.Continue("submit", submission.Command.TraceParent, ActivityKind.Producer, links, takenAt) is { } span)
            {
                span.SetTag("rsvp.command", submission.Command.Name);
                span.SetTag("rsvp.queued_ms", (_startedAt - takenAt).TotalMilliseconds);
                End(span, acceptance, name);
            }
        }
    }

    private static void End(Activity span, Acceptance acceptance, string name)
    {
        span.SetTag("rsvp.acceptance", name);
        if (acceptance is not Acceptance.Accepted)
        {
            span.SetStatus(ActivityStatusCode.Error);
        }

        span.Dispose();
    }
}
