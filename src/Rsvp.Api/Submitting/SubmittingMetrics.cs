using System.Diagnostics.Metrics;

namespace Rsvp.Api.Submitting;

/// <summary>Figures of the way to the broker.</summary>
internal sealed class SubmittingMetrics
{
    private readonly Counter<long> _submitted;
    private readonly Counter<long> _unrouted;
    private readonly Histogram<int> _batchCommands;
    private readonly Histogram<double> _confirmSeconds;

    public SubmittingMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Rsvp");
        _submitted = meter.CreateCounter<long>("rsvp.api.commands", "{command}", "Commands by what became of them on their way to the broker.");
        _unrouted = meter.CreateCounter<long>("rsvp.api.batches.unrouted", "{batch}", "Batches that no queue was bound for.");
        _batchCommands = meter.CreateHistogram<int>(
            "rsvp.api.batch.commands",
            "{command}",
            "Commands per batch.",
            advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512] });
        _confirmSeconds = meter.CreateHistogram<double>(
            "rsvp.api.confirm.duration",
            "s",
            "Time from sending a batch to the broker's confirm.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2] });
    }

    internal void Ended(Acceptance acceptance, int commandCount) => _submitted.Add(commandCount, new KeyValuePair<string, object?>("acceptance", Name(acceptance)));

    internal void Sent(Acceptance acceptance, int commandCount, TimeSpan elapsed)
    {
        _batchCommands.Record(commandCount);
        if (acceptance is Acceptance.Accepted)
        {
            _confirmSeconds.Record(elapsed.TotalSeconds);
        }

        if (acceptance is Acceptance.Unrouted)
        {
            _unrouted.Add(1);
        }
    }

    private static string Name(Acceptance acceptance) => acceptance switch
    {
        Acceptance.Accepted => "accepted",
        Acceptance.Overloaded => "overloaded",
        Acceptance.BrokerAway => "broker_away",
        Acceptance.Unrouted => "unrouted",
        Acceptance.Unknown => "unknown",
        _ => throw new ArgumentOutOfRangeException(nameof(acceptance), acceptance, "No such acceptance."),
    };
}
