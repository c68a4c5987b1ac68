using System.Globalization;

namespace Rsvp.Cli.Soak;

/// <summary>One fault of a soak.</summary>
/// <param name="Offset">When it begins, counted from the first request; later when the system has not recovered from the one before.</param>
/// <param name="Kind">The name of one of <see cref="FaultKind.All"/>.</param>
/// <param name="Victim">What it is done to.</param>
/// <param name="Duration">How long it lasts until it is healed; what <paramref name="Meanwhile"/> takes comes on top.</param>
/// <param name="Meanwhile">A server's fault while this one lasts; null for none.</param>
internal sealed record ScheduledFault(TimeSpan Offset, string Kind, string Victim, TimeSpan Duration, ScheduledFault? Meanwhile = null)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Kind} {Victim} for {Duration.TotalSeconds:0.0} s{(Meanwhile is null ? "" : $", meanwhile {Meanwhile}")}");
}

/// <summary>Draws the faults of a soak from its seed.</summary>
internal static class SoakSchedule
{
    /// <summary>The load runs alone for so long first.</summary>
    internal static readonly TimeSpan QuietBefore = TimeSpan.FromSeconds(5);

    // Seconds between a recovery as it is expected and the next fault.
    private const double GapMin = 1;
    private const double GapMax = 4;

    // One fault of a worker in so many has a server's fault inside.
    private const int MeanwhileOneIn = 3;

    /// <summary>
    /// The faults of so many minutes, in order. A pure function. Every kind comes once before any comes twice. At any time at most one service
    /// and one server are in trouble, and one worker is well.
    /// </summary>
    internal static IReadOnlyList<ScheduledFault> From(int seed, double minutes)
    {
        var random = new Random(seed);
        var bag = new Queue<FaultKind>();
        var faults = new List<ScheduledFault>();
        TimeSpan at = QuietBefore;
        TimeSpan end = TimeSpan.FromMinutes(minutes);
        while (true)
        {
            if (bag.Count == 0) bag = Shuffled(random);
            FaultKind kind = bag.Dequeue();
            ScheduledFault fault = Draw(random, kind, at);
            TimeSpan length = fault.Duration + kind.Allowance;
            if (kind.AllowsMeanwhile && random.Next(MeanwhileOneIn) == 0)
            {
                FaultKind[] ofServers = [.. FaultKind.All.Where(one => one.IsOfServer)];
                FaultKind inner = ofServers[random.Next(ofServers.Length)];
                fault = fault with { Meanwhile = Draw(random, inner, at) };
                length += fault.Meanwhile!.Duration + inner.Allowance;
            }

            if (at + length > end) return faults;

            faults.Add(fault);
            at += length + Seconds(random, GapMin, GapMax);
        }
    }

    private static Queue<FaultKind> Shuffled(Random random)
    {
        FaultKind[] kinds = [.. FaultKind.All];
        random.Shuffle(kinds);
        return new Queue<FaultKind>(kinds);
    }

    private static ScheduledFault Draw(Random random, FaultKind kind, TimeSpan at) =>
        new(at, kind.Name, kind.Victims[random.Next(kind.Victims.Count)], Seconds(random, kind.SecondsMin, kind.SecondsMax));

    // Tenths, so that what is printed is what is done.
    private static TimeSpan Seconds(Random random, double min, double max) => TimeSpan.FromSeconds(Math.Round(min + (random.NextDouble() * (max - min)), 1));
}
