using System.Net;
using System.Text.Json;

namespace Rsvp.Api.Development;

/// <summary>Counts the answers of a rush.</summary>
internal sealed class RushTally(Guid activityId, RushBody rush, TimeProvider timeProvider)
{
    private readonly Lock _lock = new();
    private readonly long _startedAt = timeProvider.GetTimestamp();
    private readonly List<double> _all = new(rush.People);
    private readonly List<double> _recent = [];
    private double _reportedMs;
    private int _confirmed;
    private int _waitlisted;
    private int _failed;

    /// <summary>One answer; null for one that did not come.</summary>
    internal void Count(long sentAt, HttpStatusCode? status, JsonElement answer)
    {
        var elapsedMs = timeProvider.GetElapsedTime(sentAt).TotalMilliseconds;
        var rsvp = status == HttpStatusCode.Created && answer.TryGetProperty("rsvp", out var document) ? document.GetProperty("status").GetString() : null;
        lock (_lock)
        {
            _all.Add(elapsedMs);
            _recent.Add(elapsedMs);
            _ = rsvp switch
            {
                "confirmed" => _confirmed++,
                "waitlisted" => _waitlisted++,
                _ => _failed++,
            };
        }
    }

    /// <summary>How it goes since the last call, or how it went.</summary>
    internal RushProgress Report(bool done)
    {
        lock (_lock)
        {
            var nowMs = timeProvider.GetElapsedTime(_startedAt).TotalMilliseconds;
            var (latencies, sinceMs) = done ? (_all, 0) : (_recent, _reportedMs);
            latencies.Sort();
            var progress = new RushProgress
            {
                ActivityId = activityId,
                ElapsedMs = nowMs,
                People = rush.People,
                Seats = rush.Seats,
                Answered = _all.Count,
                Confirmed = _confirmed,
                Waitlisted = _waitlisted,
                Failed = _failed,
                PerSecond = nowMs > sinceMs ? latencies.Count * 1_000 / (nowMs - sinceMs) : 0,
                P50Ms = Quantile(latencies, 0.50),
                P99Ms = Quantile(latencies, 0.99),
                Done = done,
            };
            _recent.Clear();
            _reportedMs = nowMs;
            return progress;
        }
    }

    private static double? Quantile(List<double> sorted, double share) =>
        sorted.Count == 0 ? null : sorted[(int)Math.Ceiling(share * sorted.Count) - 1];
}
