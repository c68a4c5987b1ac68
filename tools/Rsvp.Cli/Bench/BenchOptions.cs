namespace Rsvp.Cli.Bench;

/// <summary>What to measure.</summary>
internal sealed record BenchOptions
{
    internal const string Comparison = "comparison";
    internal const string OpenLoop = "open-loop";
    internal const string Acceptance = "acceptance";
    internal const string Idle = "idle";
    internal const string Neighbours = "neighbours";
    internal const string Promotion = "promotion";
    internal const string Watchers = "watchers";
    internal const string Steady = "steady";
    internal const string Growth = "growth";
    internal const string Ceilings = "ceilings";
    internal const string Scale = "scale";
    internal const string Network = "network";

    internal static readonly string[] AllParts =
        [Comparison, OpenLoop, Acceptance, Idle, Neighbours, Promotion, Watchers, Ceilings, Growth, Scale, Network, Steady];

    public required bool IsQuick { get; init; }

    public required string[] Parts { get; init; }

    /// <summary>Rounds of each measurement.</summary>
    public required int Rounds { get; init; }

    /// <summary>How long a round sends requests.</summary>
    public required double RoundSeconds { get; init; }

    /// <summary>Where the results go.</summary>
    public required string Folder { get; init; }

    public required string CommandLine { get; init; }

    internal TimeSpan RoundTime => TimeSpan.FromSeconds(RoundSeconds);

    internal bool Has(string part) => Parts.Contains(part);
}
