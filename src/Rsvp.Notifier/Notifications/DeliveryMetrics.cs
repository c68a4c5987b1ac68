using System.Diagnostics.Metrics;

namespace Rsvp.Notifier.Notifications;

/// <summary>What delivery says of itself.</summary>
internal sealed class DeliveryMetrics
{
    private readonly Counter<long> _planned;
    private readonly Counter<long> _attempts;
    private readonly Histogram<double> _latency;

    public DeliveryMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Rsvp");
        _planned = meter.CreateCounter<long>("rsvp.notifications.planned", "{delivery}", "Deliveries planned.");
        _planned.Add(0);
        _attempts = meter.CreateCounter<long>("rsvp.notifications.attempts", "{attempt}", "Attempts, by channel and by what became of them.");
        _latency = meter.CreateHistogram(
            "rsvp.notifications.latency",
            "s",
            "From planning a delivery to beginning the attempt that succeeded.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.01, 0.05, 0.1, 0.5, 1, 5, 30, 60, 600, 3600, 86_400] });
    }

    public void Planned(int count) => _planned.Add(count);

    /// <param name="channel">The channel.</param>
    /// <param name="result"><c>sent</c>, <c>retried</c> or <c>failed</c>.</param>
    /// <param name="age">Of the delivery when it was taken.</param>
    public void Attempted(string channel, string result, TimeSpan age)
    {
        var channelTag = new KeyValuePair<string, object?>("channel", channel);
        _attempts.Add(1, channelTag, new KeyValuePair<string, object?>("result", result));
        if (result == "sent")
        {
            _latency.Record(age.TotalSeconds, channelTag);
        }
    }
}
