using System.Diagnostics;
using HdrHistogram;
using Rsvp.Cli.Storm;

namespace Rsvp.Bench.Load;

/// <summary>What a round found, as <c>results.json</c> has it.</summary>
internal sealed record RoundFigures
{
    public required string Part { get; init; }
    public required string Scenario { get; init; }
    public required string Contender { get; init; }
    public required int Round { get; init; }
    public required int Connections { get; init; }
    public required int Activities { get; init; }
    public double? Rate { get; init; }
    public int PoolSize { get; init; }
    public required int Sent { get; init; }
    public required int Done { get; init; }
    public required double ElapsedSeconds { get; init; }

    /// <summary>Requests done, by the time from the start to the last of them.</summary>
    public required double PerSecond { get; init; }

    /// <summary>From the request, or from when it was due in an open loop, to its answer.</summary>
    public required LatencyFigures LatencyMs { get; init; }

    /// <summary>The HDR histogram: percentile and milliseconds.</summary>
    public required IReadOnlyList<double[]> Distribution { get; init; }

    public required Dictionary<string, int> Outcomes { get; init; }

    /// <summary>By process, while the clock ran; "storm" is the load generator.</summary>
    public required Dictionary<string, double> CpuSeconds { get; init; }

    /// <summary>Commands that an API sent together, on average; null when they are sent in no batches.</summary>
    public double? CommandsPerBatch { get; init; }

    /// <summary>Largest resident memory that was seen, by process.</summary>
    public required Dictionary<string, double> MemoryMb { get; init; }

    /// <summary>Rows that the auditor checked; it found no violation, or there would be no figures.</summary>
    public long AuditedRows { get; init; }

    internal static RoundFigures From(
        RoundPlan plan, string contender, StormRound round, Dictionary<string, double> cpuSeconds, Dictionary<string, double> memoryMb)
    {
        long last = round.DoneAt.Max();
        double elapsed = last == 0 ? 0 : Stopwatch.GetElapsedTime(round.StartedAt, last).TotalSeconds;
        LongHistogram histogram = LatencyFigures.Record(round.Times());
        return new RoundFigures
        {
            Part = plan.Part,
            Scenario = plan.Scenario,
            Contender = contender,
            Round = plan.Round,
            Connections = plan.Connections,
            Activities = plan.Activities.Length,
            Rate = plan.Rate,
            PoolSize = plan.PoolSize,
            Sent = round.TakenCount,
            Done = round.DoneCount,
            ElapsedSeconds = Math.Round(elapsed, 3),
            PerSecond = elapsed > 0 ? Math.Round(round.DoneCount / elapsed, 1) : 0,
            LatencyMs = LatencyFigures.From(histogram),
            Distribution = Describe(histogram),
            Outcomes = round.Answers.Take(round.TakenCount)
                .GroupBy(answer => answer.Code ?? answer.Kind.ToString().ToLowerInvariant())
                .ToDictionary(group => group.Key, group => group.Count()),
            CpuSeconds = cpuSeconds.ToDictionary(entry => entry.Key, entry => Math.Round(entry.Value, 2)),
            MemoryMb = memoryMb,
        };
    }

    /// <summary>Closer together towards the end, where the difference is.</summary>
    private static double[][] Describe(LongHistogram histogram)
    {
        if (histogram.TotalCount == 0) return [];

        double[] percentiles = [1, 5, 10, 20, 30, 40, 50, 60, 70, 75, 80, 85, 90, 92.5, 95, 96, 97, 98, 99, 99.5, 99.8, 99.9, 99.95, 99.99, 100];
        return [.. percentiles.Select(percentile => (double[])[percentile, Math.Round(histogram.GetValueAtPercentile(percentile) / 1000.0, 2)])];
    }
}
