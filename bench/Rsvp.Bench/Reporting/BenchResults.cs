using Rsvp.Bench.Contenders;
using Rsvp.Bench.Load;

namespace Rsvp.Bench.Reporting;

/// <summary>Everything that was measured, as <c>results.json</c> has it.</summary>
internal sealed record BenchResults
{
    public required string CommandLine { get; init; }
    public required string Machine { get; init; }
    public required string Versions { get; init; }

    /// <summary>Of the machine that measured.</summary>
    public int ProcessorCount { get; init; } = Environment.ProcessorCount;

    /// <summary>Rounds of requests.</summary>
    public List<RoundFigures> Rounds { get; init; } = [];

    /// <summary>What is not a round of requests: one number each, with what it depends on.</summary>
    public List<Figure> Figures { get; init; } = [];

    /// <summary>The rounds of one measurement.</summary>
    internal IReadOnlyList<RoundFigures> Of(string part, string scenario, string contender, int? connections = null) =>
    [
        .. Rounds.Where(round => round.Part == part && round.Scenario == scenario && round.Contender == contender
            && (connections is null || round.Connections == connections)),
    ];

    /// <summary>Null when it was not measured.</summary>
    internal double? MedianPerSecond(string part, string scenario, string contender, int connections) =>
        Of(part, scenario, contender, connections) is { Count: > 0 } found ? Median(found.Select(round => round.PerSecond)) : null;

    /// <summary>Requests per second of ours by theirs, for each round that both have; the rounds of one turn had the same machine.</summary>
    internal double[] Ratios(string part, string scenario, string rival, int connections) =>
    [
        .. Of(part, scenario, Contender.OursName, connections)
            .Join(Of(part, scenario, rival, connections), ours => ours.Round, theirs => theirs.Round, (ours, theirs) => ours.PerSecond / theirs.PerSecond),
    ];

    internal static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }
}

/// <summary>One number.</summary>
/// <param name="Part">The part of the benchmark.</param>
/// <param name="Name">What it is.</param>
/// <param name="At">What it depends on, such as the length of the line; 0 when on nothing.</param>
/// <param name="Value">The number.</param>
/// <param name="Unit">Its unit.</param>
internal sealed record Figure(string Part, string Name, double At, double Value, string Unit);
