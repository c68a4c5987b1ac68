namespace Rsvp.Cli.Watch;

/// <summary>What changed from one update to the next, in people; of what came and went between two updates only the difference is seen.</summary>
/// <param name="Confirmed">More confirmed than before.</param>
/// <param name="GivenBack">Fewer confirmed than before.</param>
/// <param name="Joined">More in line than before.</param>
/// <param name="Left">Fewer in line than before.</param>
/// <param name="Versions">Versions of the activity passed.</param>
/// <param name="Updates">Updates received.</param>
internal readonly record struct Rates(double Confirmed, double GivenBack, double Joined, double Left, double Versions, double Updates)
{
    public static Rates operator +(Rates one, Rates other) => new(
        one.Confirmed + other.Confirmed,
        one.GivenBack + other.GivenBack,
        one.Joined + other.Joined,
        one.Left + other.Left,
        one.Versions + other.Versions,
        one.Updates + other.Updates);

    public static Rates operator /(Rates sum, double seconds) => new(
        sum.Confirmed / seconds, sum.GivenBack / seconds, sum.Joined / seconds, sum.Left / seconds, sum.Versions / seconds, sum.Updates / seconds);
}

/// <summary>Sums of the last seconds.</summary>
internal sealed class RateWindow
{
    internal static readonly TimeSpan Length = TimeSpan.FromSeconds(5);

    // A window that has just begun would turn one update into hundreds a second.
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    // Bounded by the promise of the push service: some 20 updates a second.
    private readonly Queue<(DateTimeOffset At, Rates Changes)> _entries = new();
    private DateTimeOffset? _since;

    internal void Add(DateTimeOffset at, Rates changes)
    {
        _since ??= at;
        _entries.Enqueue((at, changes));
        Drop(at);
    }

    /// <summary>Per second, over the window or the time since the first update.</summary>
    internal Rates Read(DateTimeOffset now)
    {
        Drop(now);
        if (_since is not { } since) return default;

        TimeSpan span = now - since < Length ? now - since : Length;
        Rates sum = _entries.Aggregate(default(Rates), (all, entry) => all + entry.Changes);
        return sum / (span > Shortest ? span : Shortest).TotalSeconds;
    }

    private void Drop(DateTimeOffset now)
    {
        while (_entries.TryPeek(out var oldest) && oldest.At <= now - Length) _entries.Dequeue();
    }
}
