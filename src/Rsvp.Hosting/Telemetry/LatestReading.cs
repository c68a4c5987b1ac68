namespace Rsvp.Hosting.Telemetry;

/// <summary>What was read last, for as long as it says something about now: a gauge that shows it longer looks healthy when nobody can read any more.</summary>
/// <typeparam name="T">What is read.</typeparam>
/// <param name="freshFor">How long it is shown.</param>
/// <param name="timeProvider">The clock.</param>
public sealed class LatestReading<T>(TimeSpan freshFor, TimeProvider timeProvider)
    where T : class
{
    private volatile Reading? _latest;

    /// <summary>The reading; null when there is none, or it is too old.</summary>
    public T? Value
    {
        get => _latest is { } latest && timeProvider.GetElapsedTime(latest.At) < freshFor ? latest.Value : null;
        set => _latest = value is null ? null : new Reading(value, timeProvider.GetTimestamp());
    }

    private sealed record Reading(T Value, long At);
}
