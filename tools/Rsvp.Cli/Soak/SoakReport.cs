using System.Globalization;
using Rsvp.Cli.Instances;
using Rsvp.Cli.Storm;
using Rsvp.Worker.Audit;

namespace Rsvp.Cli.Soak;

/// <summary>Everything a soak found, as it is shown and as <c>--json</c> writes it.</summary>
internal sealed record SoakReport
{
    /// <summary>When 99 of 100 who are told to come again have to know it: the contract's 2 s, and as much again for a machine that makes the load, too. The others may have met a frozen process.</summary>
    internal const double ToldWithinSeconds = 4;

    // Of each kind; a soak that goes wrong can go wrong a thousand times.
    private const int ShownMax = 20;

    public required int Seed { get; init; }
    public required double Minutes { get; init; }

    /// <summary>What does it again.</summary>
    public required string CommandLine { get; init; }

    public required string Versions { get; init; }
    public required IReadOnlyList<FaultResult> Faults { get; init; }

    /// <summary>Requests, each with a key of its own.</summary>
    public required int Requests { get; init; }

    /// <summary>Those that were accepted, and so must have an outcome.</summary>
    public required int Accepted { get; init; }

    /// <summary>How often requests were sent, repeats included.</summary>
    public required int Sent { get; init; }

    /// <summary>Answers 503 and 429.</summary>
    public required int ToldToComeAgain { get; init; }

    /// <summary>For each request that got such an answer the longest that one took, ascending.</summary>
    public required IReadOnlyList<double> ToldToComeAgainSeconds { get; init; }

    /// <summary>How often no answer came.</summary>
    public required int Silences { get; init; }

    /// <summary>Seconds from the end of the load until nothing was in flight.</summary>
    public required double SettledAfterSeconds { get; init; }

    /// <summary>What clients were told against what is stored.</summary>
    public required JournalFindings Journal { get; init; }

    /// <summary>What did not recover, ended by itself, or waits for a person.</summary>
    public required IReadOnlyList<string> Findings { get; init; }

    public required AuditFigures Audit { get; init; }

    public int FaultCount => Faults.SelectMany(fault => fault.Flat).Count();

    public double? RecoveryMedianSeconds => Recoveries is { Length: > 0 } some ? some[some.Length / 2] : null;

    public double? RecoveryMaxSeconds => Recoveries is { Length: > 0 } some ? some[^1] : null;

    /// <summary>Of those who were told to come again, 99 in 100 knew it by then; null when nobody was.</summary>
    public double? ToldToComeAgainP99Seconds => ToldToComeAgainSeconds.Count == 0 ? null : ToldToComeAgainSeconds[ToldToComeAgainSeconds.Count * 99 / 100];

    public bool Ok => Findings.Count == 0 && Journal.All.Count == 0 && Audit.Violations == 0 && (ToldToComeAgainP99Seconds ?? 0) <= ToldWithinSeconds;

    private double[] Recoveries => [.. Faults.SelectMany(fault => fault.Flat).Select(fault => fault.RecoveredAfterSeconds).OfType<double>().Order()];

    internal void Print()
    {
        Console.WriteLine();
        Line("faults", Invariant($"{FaultCount}, recovery median {RecoveryMedianSeconds:0.0} s, max {RecoveryMaxSeconds:0.0} s"));
        Line("requests", Invariant($"{Requests}, accepted {Accepted}, sent {Sent} times, {ToldToComeAgain} answers 503 or 429, {Silences} times no answer"));
        if (ToldToComeAgainSeconds is [.., var slowest])
        {
            Line("told so after", Invariant($"median {ToldToComeAgainSeconds[ToldToComeAgainSeconds.Count / 2]:0.00} s, 99 % {ToldToComeAgainP99Seconds:0.00} s (at most {ToldWithinSeconds:0.00} s), max {slowest:0.00} s"));
        }

        Line("lost", Invariant($"{Journal.Lost.Count}"));
        Line("doubled", Invariant($"{Journal.Doubled.Count}"));
        Line("changed", Invariant($"{Journal.Changed.Count}"));
        Line("unanswered", Invariant($"{Journal.Unanswered.Count}"));
        Line("strange answers", Invariant($"{Journal.Strange.Count}"));
        Line("at rest", Invariant($"{SettledAfterSeconds:0.0} s after the load ended"));
        Line("versions", Versions);
        Console.WriteLine();
        Console.WriteLine(Audit.Text);
        Console.WriteLine();
        foreach (IReadOnlyList<string> some in (IReadOnlyList<string>[])[Findings, Journal.Lost, Journal.Doubled, Journal.Changed, Journal.Unanswered, Journal.Strange])
        {
            foreach (string finding in some.Take(ShownMax)) Console.WriteLine("  FOUND " + finding);
            if (some.Count > ShownMax) Console.WriteLine(Invariant($"  … and {some.Count - ShownMax} more"));
        }

        Console.WriteLine(Ok ? Invariant($"seed {Seed}: clean") : Invariant($"seed {Seed}: NOT clean"));
    }

    internal void WriteJson(string path) => JsonFile.Write(Path.GetFullPath(path), this);

    internal static AuditFigures FiguresOf(AuditReport audit) => new(
        audit.RowsChecked,
        audit.ViolationCount,
        audit.ToString(),
        [.. audit.Invariants.Select(invariant => new AuditedInvariant(invariant.Id, invariant.Statement, invariant.RowsChecked, invariant.ViolationCount))]);

    private static void Line(string name, string value) => Console.WriteLine($"  {name,-16} {value}");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
