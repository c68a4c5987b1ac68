using System.Diagnostics;
using Rsvp.Contracts;
using Rsvp.Hosting.Telemetry;
using Rsvp.Worker.Decisions;
using Rsvp.Worker.Outbox;

namespace Rsvp.Worker.Partitions;

/// <summary>The spans of a batch with traced commands: one of the batch, linked to theirs, and one for each of them in its own trace, linked to the batch's.</summary>
internal sealed class BatchTrace : IDisposable
{
    private const string Property = "rsvp.batch";

    private readonly Activity _batch;
    private readonly Dictionary<Guid, Activity> _byRequest = [];

    private BatchTrace(Activity batch) => _batch = batch;

    /// <summary>That of the batch whose span is running; null when it is not traced.</summary>
    public static BatchTrace? Current => Activity.Current?.GetCustomProperty(Property) as BatchTrace;

    /// <summary>Begins before a batch is applied; null when none of its commands is traced.</summary>
    public static BatchTrace? Begin(CommandBatch batch)
    {
        List<Command>? traced = null;
        foreach (var command in batch.Commands)
        {
            if (command.TraceParent is not null)
            {
                (traced ??= []).Add(command);
            }
        }

        if (traced is null)
        {
            return null;
        }

        _ = Traces.TryParse(batch.TraceParent, out var sending);
        var links = traced.Select(command => Traces.TryParse(command.TraceParent, out var request) ? new ActivityLink(request) : default);
        var span = Traces.Source.StartActivity("apply batch", ActivityKind.Consumer, sending, links: links);
        if (span is null)
        {
            return null;
        }

        var trace = new BatchTrace(span);
        span.SetCustomProperty(Property, trace);
        span.SetTag("messaging.system", "rabbitmq");
        span.SetTag("messaging.batch.message_count", batch.Commands.Count);
        span.SetTag("rsvp.partition", batch.Partition);
        trace.Begin(traced);
        return trace;
    }

    /// <summary>Lets those who hear of a run go on in the traces of the commands behind it.</summary>
    /// <param name="outbox">What is about to be saved; what is traced is replaced.</param>
    /// <param name="commands">The run.</param>
    public void Mark(List<OutboxMessage> outbox, IReadOnlyList<Command> commands)
    {
        for (var index = 0; index < outbox.Count; index++)
        {
            var message = outbox[index];
            outbox[index] = message.Message switch
            {
                ActivityChanged changed when Last(commands, changed.ActivityId) is { } by => message with { Message = changed with { TraceParent = by } },
                VacancyOpened opened when Last(commands, opened.ActivityId) is { } by => message with { Message = opened with { TraceParent = by } },
                PassCompleted completed when Last(commands, completed.ActivityId) is { } by => message with { Message = completed with { TraceParent = by } },
                CommandBatch { Commands: [var next] } batch when Last(commands, next.ActivityId) is { } by =>
                    message with { Message = batch with { Commands = [next with { TraceParent = by }] } },
                _ => message,
            };
        }
    }

    /// <summary>A run was committed.</summary>
    public void Decided(IReadOnlyList<DecidedCommand> decided)
    {
        foreach (var one in decided)
        {
            if (_byRequest.GetValueOrDefault(one.Command.RequestId) is { } span)
            {
                span.SetTag("rsvp.code", one.Outcome.Problem?.Code ?? "ok");
                span.SetTag("rsvp.replayed", !one.IsNew);
                span.SetEndTime(TimeProvider.System.GetUtcNow().UtcDateTime);
            }
        }
    }

    public void Dispose()
    {
        foreach (var span in _byRequest.Values)
        {
            span.Dispose();
        }

        _batch.Dispose();
    }

    private void Begin(List<Command> traced)
    {
        ActivityLink[] links = [new ActivityLink(_batch.Context)];
        foreach (var command in traced)
        {
            if (!_byRequest.ContainsKey(command.RequestId) && Traces.Continue("apply", command.TraceParent, ActivityKind.Consumer, links) is { } span)
            {
                span.SetTag("rsvp.command", command.Name);
                _byRequest.Add(command.RequestId, span);
            }
        }

        // Each made itself the running one.
        Activity.Current = _batch;
    }

    private string? Last(IReadOnlyList<Command> commands, Guid activityId)
    {
        for (var index = commands.Count - 1; index >= 0; index--)
        {
            if (commands[index].ActivityId == activityId && _byRequest.TryGetValue(commands[index].RequestId, out var span))
            {
                return span.Id;
            }
        }

        return null;
    }
}
