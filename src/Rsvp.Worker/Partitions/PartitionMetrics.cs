using System.Diagnostics.Metrics;
using Rsvp.Worker.Decisions;

namespace Rsvp.Worker.Partitions;

/// <summary>What the partitions say of themselves.</summary>
internal sealed class PartitionMetrics
{
    private readonly Counter<long> _commands;
    private readonly Histogram<int> _batchSize;
    private readonly Histogram<double> _applySeconds;
    private readonly Counter<long> _conflicts;
    private readonly Counter<long> _transientErrors;
    private readonly Counter<long> _singleMode;
    private readonly Counter<long> _replays;
    private readonly Histogram<double> _lagSeconds;

    public PartitionMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Rsvp");
        _commands = meter.CreateCounter<long>("rsvp.commands", "{command}", "Commands decided, by name and outcome code.");
        _batchSize = meter.CreateHistogram<int>("rsvp.batch.size", "{command}", "Commands per applied batch.");
        _applySeconds = meter.CreateHistogram<double>("rsvp.batch.duration", "s", "Time to load, decide and commit a batch.");
        _conflicts = meter.CreateCounter<long>("rsvp.guard.conflicts", "{conflict}", "Batches redone because another writer was active.");
        _transientErrors = meter.CreateCounter<long>("rsvp.batch.retries", "{retry}", "Batches retried in place after a transient error.");
        _singleMode = meter.CreateCounter<long>("rsvp.batch.single_mode", "{batch}", "Batches applied command by command.");
        _replays = meter.CreateCounter<long>("rsvp.replays", "{command}", "Commands answered with a stored outcome.");
        _lagSeconds = meter.CreateHistogram<double>(
            "rsvp.partition.lag",
            "s",
            "Age of a batch's oldest command when it was decided.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] });
    }

    public void Applied(IReadOnlyList<DecidedCommand> decided, TimeSpan elapsed)
    {
        _batchSize.Record(decided.Count);
        _applySeconds.Record(elapsed.TotalSeconds);
        foreach (var group in decided.GroupBy(one => (one.Command.Name, Code: one.Outcome.Problem?.Code ?? "ok", one.IsNew)))
        {
            (group.Key.IsNew ? _commands : _replays).Add(
                group.Count(), new KeyValuePair<string, object?>("command", group.Key.Name), new KeyValuePair<string, object?>("code", group.Key.Code));
        }
    }

    public void Decided(int partition, TimeSpan lag) => _lagSeconds.Record(lag.TotalSeconds, new KeyValuePair<string, object?>("partition", partition));

    public void Conflict() => _conflicts.Add(1);

    public void Retry() => _transientErrors.Add(1);

    public void SingleMode() => _singleMode.Add(1);
}
