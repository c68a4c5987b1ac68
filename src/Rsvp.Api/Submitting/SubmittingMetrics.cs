using System.Diagnostics.Metrics;
using Rsvp.Contracts;

namespace Rsvp.Api.Submitting;

/// <summary>Figures of the way to the broker.</summary>
internal sealed class SubmittingMetrics
{
    private readonly Counter<long> _submitted;
    private readonly Counter<long> _unrouted;
    private readonly Histogram<int> _batchCommands;
    private readonly Histogram<double> _confirmSeconds;
    private readonly Histogram<double> _requestSeconds;

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
        _requestSeconds = meter.CreateHistogram<double>(
            "rsvp.request.duration",
            "s",
            "Time from taking a request to hearing of its outcome.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 1, 2, 5, 10] });

        // Seen from the start, so that the first one is a rise.
        _unrouted.Add(0);
        foreach (var acceptance in Enum.GetValues<Acceptance>())
        {
            Ended(acceptance, 0);
        }
    }

    internal void Ended(Acceptance acceptance, int commandCount) => _submitted.Add(commandCount, new KeyValuePair<string, object?>("acceptance", Name(acceptance)));

    /// <param name="outcome">What was decided.</param>
    /// <param name="elapsed">Since its request was taken.</param>
    internal void Decided(CommandOutcome outcome, TimeSpan elapsed) => _requestSeconds.Record(
        elapsed.TotalSeconds,
        new KeyValuePair<string, object?>("command", outcome.Command),
        new KeyValuePair<string, object?>("code", outcome.Problem?.Code ?? "ok"));

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

    internal static string Name(Acceptance acceptance) => acceptance switch
    {
        Acceptance.Accepted => "accepted",
        Acceptance.Overloaded => "overloaded",
        Acceptance.BrokerAway => "broker_away",
        Acceptance.Unrouted => "unrouted",
        Acceptance.Unknown => "unknown",
        _ => throw new ArgumentOutOfRangeException(nameof(acceptance), acceptance, "No such acceptance."),
    };
}
