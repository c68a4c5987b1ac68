using System.Diagnostics.Metrics;

namespace Rsvp.Notifier.Watching;

/// <summary>What the push side says of itself.</summary>
internal sealed class PushMetrics
{
    private static readonly KeyValuePair<string, object?> Counts = new("kind", "counts");
    private static readonly KeyValuePair<string, object?> Status = new("kind", "status");

    private readonly UpDownCounter<int> _connections;
    private readonly UpDownCounter<int> _watchers;
    private readonly UpDownCounter<int> _activities;
    private readonly Histogram<double> _latency;
    private readonly Counter<long> _sent;
    private readonly Counter<long> _merged;
    private readonly Counter<long> _dropped;
    private readonly Counter<long> _resyncs;

    public PushMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Rsvp");
        _connections = meter.CreateUpDownCounter<int>("rsvp.push.connections", "{connection}", "Open connections, by transport.");
        _watchers = meter.CreateUpDownCounter<int>("rsvp.push.watchers", "{watcher}", "Connections times activities that they watch.");
        _activities = meter.CreateUpDownCounter<int>("rsvp.push.activities", "{activity}", "Activities that anybody watches.");
        _latency = meter.CreateHistogram(
            "rsvp.push.latency",
            "s",
            "From a change's commit until it was written to the last connection (counts) or to its owner's (status).",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1, 2, 5, 10] });
        _sent = meter.CreateCounter<long>("rsvp.push.messages", "{message}", "Updates written to connections.");
        _merged = meter.CreateCounter<long>("rsvp.push.merged", "{change}", "Changes that went out as part of a later one.");
        _dropped = meter.CreateCounter<long>("rsvp.push.dropped", "{connection}", "Connections closed because the client did not keep up.");
        _resyncs = meter.CreateCounter<long>("rsvp.push.resyncs", "{activity}", "Activities read again because changes may have been missed.");

        // Seen from the start, so that the first one is a rise.
        _watchers.Add(0);
        _activities.Add(0);
        _merged.Add(0);
        _dropped.Add(0);
        _resyncs.Add(0);
    }

    public void ConnectionOpened(string transport) => _connections.Add(1, new KeyValuePair<string, object?>("transport", transport));

    public void ConnectionClosed(string transport) => _connections.Add(-1, new KeyValuePair<string, object?>("transport", transport));

    public void WatcherAdded() => _watchers.Add(1);

    public void WatcherRemoved() => _watchers.Add(-1);

    public void ActivityAdded() => _activities.Add(1);

    public void ActivityRemoved() => _activities.Add(-1);

    /// <param name="messages">Written to connections.</param>
    /// <param name="merged">Changes that have no message of their own.</param>
    /// <param name="latency">Since the oldest change's commit; null when nothing but snapshots went out.</param>
    public void CountsSent(int messages, int merged, TimeSpan? latency)
    {
        _sent.Add(messages, Counts);
        _merged.Add(merged);
        Record(latency, Counts);
    }

    /// <param name="latency">Since the change's commit; null for snapshots and positions.</param>
    public void StatusSent(TimeSpan? latency)
    {
        _sent.Add(1, Status);
        Record(latency, Status);
    }

    public void Dropped() => _dropped.Add(1);

    public void Resynchronised() => _resyncs.Add(1);

    // Two clocks are compared, so a little less than nothing is nothing.
    private void Record(TimeSpan? latency, KeyValuePair<string, object?> kind)
    {
        if (latency is { } value)
        {
            _latency.Record(Math.Max(0, value.TotalSeconds), kind);
        }
    }
}
