using System.Diagnostics.Metrics;
using Npgsql;
using Rsvp.Contracts;
using Rsvp.Worker.Decisions;

namespace Rsvp.Worker.Partitions;

/// <summary>What the partitions say of themselves.</summary>
internal sealed class PartitionMetrics
{
    private const string SqlState = "db.response.status_code";

    // The longest that is promised; RsvpPromotionSlow says the same.
    private static readonly TimeSpan SlowPromotion = TimeSpan.FromSeconds(5);

    // A batch takes a few milliseconds, and is retried for as long as the database is away.
    private static readonly InstrumentAdvice<double> BatchSeconds = new()
    {
        HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    };

    private readonly Counter<long> _commands;
    private readonly Histogram<int> _batchSize;
    private readonly Histogram<double> _queueSeconds;
    private readonly Histogram<double> _applySeconds;
    private readonly Histogram<double> _promotionSeconds;
    private readonly Counter<long> _slowPromotions;
    private readonly Counter<long> _placesPromoted;
    private readonly Counter<long> _conflicts;
    private readonly Counter<long> _transientErrors;
    private readonly Counter<long> _singleMode;
    private readonly Counter<long> _givenUp;
    private readonly Counter<long> _replays;
    private readonly Histogram<double> _lagSeconds;

    public PartitionMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Rsvp");
        _commands = meter.CreateCounter<long>("rsvp.commands", "{command}", "Commands decided, by name and outcome code.");
        _batchSize = meter.CreateHistogram(
            "rsvp.batch.size",
            "{command}",
            "Commands per applied batch.",
            advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512] });
        _queueSeconds = meter.CreateHistogram("rsvp.batch.queue.duration", "s", "Time from sending a batch to beginning to apply it.", advice: BatchSeconds);
        _applySeconds = meter.CreateHistogram("rsvp.batch.duration", "s", "Time to load, decide and commit a batch.", advice: BatchSeconds);
        _promotionSeconds = meter.CreateHistogram(
            "rsvp.promotion.duration",
            "s",
            "Time from a vacancy to the commit of a pass that let somebody in.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1, 2, 5, 10, 30] });
        _slowPromotions = meter.CreateCounter<long>("rsvp.promotion.slow", "{pass}", "Passes that let somebody in later than 5 s after the vacancy.");
        _placesPromoted = meter.CreateCounter<long>("rsvp.promotion.places", "{place}", "Places in line that passes let in.");
        _conflicts = meter.CreateCounter<long>("rsvp.guard.conflicts", "{conflict}", "Batches redone because another writer was active.");
        _transientErrors = meter.CreateCounter<long>("rsvp.batch.retries", "{retry}", "Batches retried in place after a transient error, by SQLSTATE or exception.");
        _singleMode = meter.CreateCounter<long>("rsvp.batch.single_mode", "{batch}", "Batches applied command by command.");
        _givenUp = meter.CreateCounter<long>("rsvp.commands.given_up", "{command}", "Commands whose outcome is failed, because they could not be applied.");
        _replays = meter.CreateCounter<long>("rsvp.replays", "{command}", "Commands answered with a stored outcome.");
        _lagSeconds = meter.CreateHistogram<double>(
            "rsvp.partition.lag",
            "s",
            "Age of a batch's oldest command when it was decided.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] });

        // Seen from the start, so that the first one is a rise.
        _slowPromotions.Add(0);
        _placesPromoted.Add(0);
        _conflicts.Add(0);
        _singleMode.Add(0);
        _givenUp.Add(0);
        foreach (var state in (ReadOnlySpan<string>)[PostgresErrorCodes.DeadlockDetected, PostgresErrorCodes.SerializationFailure, PostgresErrorCodes.LockNotAvailable])
        {
            _transientErrors.Add(0, new KeyValuePair<string, object?>(SqlState, state));
        }
    }

    /// <param name="partition">The partition.</param>
    /// <param name="elapsed">Since the batch was sent; two clocks are compared, so a little less than nothing is nothing.</param>
    public void Began(int partition, TimeSpan elapsed) =>
        _queueSeconds.Record(Math.Max(0, elapsed.TotalSeconds), new KeyValuePair<string, object?>("partition", partition));

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

    /// <summary>A pass was committed.</summary>
    /// <param name="state">What was loaded.</param>
    /// <param name="pass">What it did.</param>
    /// <param name="elapsed">From loading to the commit.</param>
    public void Passed(WorkingSet state, PassCompleted pass, TimeSpan elapsed)
    {
        _placesPromoted.Add(pass.PlacesPromoted);
        if (pass.PlacesPromoted > 0 && state.LoadedActivities[pass.ActivityId].VacantSince is { } since)
        {
            var waited = state.Now - since + elapsed;
            _promotionSeconds.Record(waited.TotalSeconds);
            if (waited > SlowPromotion)
            {
                _slowPromotions.Add(1);
            }
        }
    }

    public void Conflict() => _conflicts.Add(1);

    /// <param name="error">What the database answered, or why it did not.</param>
    public void Retry(Exception error) => _transientErrors.Add(
        1, error is PostgresException postgres ? new KeyValuePair<string, object?>(SqlState, postgres.SqlState) : new KeyValuePair<string, object?>("error.type", error.GetType().FullName));

    public void SingleMode() => _singleMode.Add(1);

    public void GivenUp() => _givenUp.Add(1);
}
