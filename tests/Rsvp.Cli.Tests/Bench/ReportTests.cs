using System.Text.RegularExpressions;
using Rsvp.Bench.Comparison;
using Rsvp.Bench.Load;
using Rsvp.Bench.Reporting;
using Rsvp.Cli.Bench;
using Rsvp.Cli.Storm;

namespace Rsvp.Cli.Tests.Bench;

public sealed class ReportTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rsvp-report-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_figure_is_the_median_of_its_rounds_with_the_smallest_and_the_largest()
    {
        string text = Write(Results(Round("rsvp", 1, 900), Round("rsvp", 2, 400), Round("rsvp", 3, 500)));

        Assert.Equal("500 (400–900)", Cells(text, "rsvp")[3]);
    }

    [Fact]
    public void A_ratio_is_taken_round_by_round()
    {
        // 4.0, 9.0 and 2.0; the medians of both by each other would be 6.0.
        string text = Write(Results(
            Round("row_lock", 1, 100), Round("rsvp", 1, 400), Round("rsvp", 2, 900), Round("row_lock", 2, 100), Round("row_lock", 3, 300), Round("rsvp", 3, 600)));

        Assert.Contains("- one activity, 64 connections: 4.0 (2.0–9.0) × row_lock\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_round_that_a_contender_lacks_is_in_no_ratio()
    {
        string text = Write(Results(Round("row_lock", 1, 100), Round("rsvp", 1, 400), Round("rsvp", 2, 900)));

        Assert.Contains("- one activity, 64 connections: 4.0 × row_lock\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("row_lock", "3000")] // postgres and row_lock
    [InlineData("guarded_statement", "5000")] // postgres and guarded_statement
    [InlineData("rsvp", "721000")] // all but storm and the rivals
    public void A_request_costs_what_the_processes_of_its_contender_used(string contender, string microseconds)
    {
        var cpu = new Dictionary<string, double>
        {
            ["postgres"] = 1,
            ["row_lock"] = 2,
            ["guarded_statement"] = 4,
            ["storm"] = 8,
            ["api-1"] = 16,
            ["worker-1"] = 64,
            ["notifier-1"] = 128,
            ["rabbitmq"] = 512,
        };
        RoundFigures[] rounds = [Round("row_lock", 1, 100), Round("guarded_statement", 1, 100), Round("rsvp", 1, 100)];

        string text = Write(Results([.. rounds.Select(round => round with { Done = 1_000, CpuSeconds = cpu })]));

        Assert.Equal(microseconds, Cells(text, contender)[7]);
    }

    [Fact]
    public void The_processor_is_busy_with_all_processes_and_the_load_generator()
    {
        var cpu = new Dictionary<string, double> { ["api-1"] = 2, ["row_lock"] = 1, ["storm"] = 3 };
        RoundFigures round = Round("rsvp", 1, 100) with { CpuSeconds = cpu };

        string text = Write(Results(round with { ElapsedSeconds = 2 }, round with { ElapsedSeconds = 4 }, round with { ElapsedSeconds = 3 }));

        Assert.Equal("processor busy %", Cells(text, "")[8]);
        Assert.Equal("50 (38–75)", Cells(text, "rsvp")[8]);
    }

    [Fact]
    public void A_round_that_was_not_audited_is_refused()
    {
        BenchResults results = Results(Round("rsvp", 1, 100), Round("row_lock", 7, 100) with { AuditedRows = 0 });

        var refused = Assert.Throws<InvalidOperationException>(() => Write(results));

        Assert.Contains("comparison, one activity, row_lock, 64 connections, round 7", refused.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public void Every_plot_in_the_folder_is_in_the_report()
    {
        BenchResults results = Results(Round("rsvp", 1, 100), Round("row_lock", 1, 50));
        results.Figures.AddRange([new Figure(BenchOptions.Growth, "a cancel", 10, 5, "µs"), new Figure(BenchOptions.Ceilings, "on nothing", 0, 5, "ms")]);

        string text = Write(results);

        Assert.Equal(["distribution.svg", "growth.svg", "latency.svg", "throughput.svg"], Plots());
        Assert.Equal(Plots(), Regex.Matches(text, @"^!\[.+\]\((.+)\)$", RegexOptions.Multiline).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal));
        Assert.Equal(text, File.ReadAllText(Path.Combine(_folder, "report.md")));
    }

    [Fact]
    public void A_part_with_two_units_has_a_plot_for_each()
    {
        BenchResults results = Results();
        results.Figures.AddRange([new Figure("ceilings", "publish", 1, 5, "messages/s"), new Figure("ceilings", "apply", 1, 5, "commands/s")]);

        Write(results);

        Assert.Equal(["ceilings-commands-s.svg", "ceilings-messages-s.svg"], Plots());
        Assert.Contains("apply", File.ReadAllText(Path.Combine(_folder, "ceilings-commands-s.svg")), StringComparison.Ordinal);
        Assert.Contains("publish", File.ReadAllText(Path.Combine(_folder, "ceilings-messages-s.svg")), StringComparison.Ordinal);
    }

    private string Write(BenchResults results) => new Report(results, _folder).Write();

    private string[] Plots() => [.. Directory.GetFiles(_folder, "*.svg").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    /// <summary>Of the first row whose contender is this one; of the head when it is none.</summary>
    private static string[] Cells(string text, string contender) =>
        text.Split('\n').Where(line => line.StartsWith('|')).Select(line => line.Split('|')[1..^1].Select(cell => cell.Trim()).ToArray()).First(cells => cells[2] == contender);

    private static BenchResults Results(params RoundFigures[] rounds) =>
        new() { CommandLine = "./rsvp bench", Machine = "a machine", Versions = "versions", ProcessorCount = 4, Rounds = [.. rounds] };

    private static RoundFigures Round(string contender, int round, double perSecond) => new()
    {
        Part = BenchOptions.Comparison,
        Scenario = ClosedLoop.OneActivity,
        Contender = contender,
        Round = round,
        Connections = 64,
        Activities = 1,
        Sent = 100,
        Done = 100,
        ElapsedSeconds = 1,
        PerSecond = perSecond,
        LatencyMs = new LatencyFigures(1, 2, 3, 4, 5, 6),
        Distribution = [[50, 1]],
        Outcomes = [],
        CpuSeconds = [],
        MemoryMb = [],
        AuditedRows = 1,
    };
}
