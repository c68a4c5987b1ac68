using System.Globalization;
using System.Text;
using Rsvp.Bench.Contenders;
using Rsvp.Bench.Load;
using Rsvp.Cli.Bench;
using Rsvp.Cli.Servers;

namespace Rsvp.Bench.Reporting;

/// <summary>The results as Markdown, with plots beside it.</summary>
internal sealed class Report(BenchResults results, string folder)
{
    private readonly StringBuilder _text = new();

    private IEnumerable<string> Rivals => results.Rounds.Select(round => round.Contender).Where(name => name != Contender.OursName).Distinct();

    /// <returns>The text, which is in <c>report.md</c> too.</returns>
    /// <exception cref="InvalidOperationException">A round was not audited.</exception>
    internal string Write()
    {
        if (results.Rounds.FirstOrDefault(round => round.AuditedRows == 0) is { } unaudited)
        {
            throw new InvalidOperationException(
                $"no report: {unaudited.Part}, {unaudited.Scenario}, {unaudited.Contender}, {unaudited.Connections} connections, round {unaudited.Round} was not audited");
        }

        Line($"`{results.CommandLine}`");
        Line();
        Line($"{results.Machine}; {results.Versions}. All on one machine, the load generator too.");
        Line("Figures are medians of the rounds, with the smallest and the largest in brackets. The auditor found no violation after any of them.");
        foreach (IGrouping<string, RoundFigures> part in results.Rounds.GroupBy(round => round.Part)) WritePart(part);
        WriteFigures();
        WritePlots();
        File.WriteAllText(Path.Combine(folder, "report.md"), _text.ToString());
        return _text.ToString();
    }

    private void WritePart(IGrouping<string, RoundFigures> part)
    {
        Line();
        Line($"## {part.Key}");
        Line();
        Line("| | connections | | per second | p50 ms | p99 ms | max ms | µs of CPU each | processor busy % |");
        Line("|---|---:|---|---:|---:|---:|---:|---:|---:|");
        foreach (var group in part.GroupBy(round => (round.Scenario, round.Connections, round.Contender, round.PoolSize, round.Rate)))
        {
            RoundFigures[] rounds = [.. group];
            string contender = group.Key.PoolSize == 0 ? group.Key.Contender : $"{group.Key.Contender}, pool of {group.Key.PoolSize}";
            string scenario = group.Key.Rate is { } rate ? string.Create(CultureInfo.InvariantCulture, $"{group.Key.Scenario}, {rate:0}/s") : group.Key.Scenario;
            Line($"| {scenario} | {group.Key.Connections} | {contender} | {Spread(rounds, round => round.PerSecond, "0")} | {Spread(rounds, round => round.LatencyMs.P50, "0.0")}"
                + $" | {Spread(rounds, round => round.LatencyMs.P99, "0.0")} | {Spread(rounds, round => round.LatencyMs.Max, "0")} | {Spread(rounds, CpuEach, "0")} | {Spread(rounds, Busy, "0")} |");
        }

        if (part.Key == BenchOptions.Comparison) WriteRatios();
    }

    private void WriteRatios()
    {
        Line();
        Line("Requests per second, ours by theirs of the same round:");
        Line();
        foreach ((string scenario, int connections) in results.Rounds.Where(round => round.Part == BenchOptions.Comparison).Select(round => (round.Scenario, round.Connections)).Distinct())
        {
            foreach (string rival in Rivals)
            {
                double[] ratios = results.Ratios(BenchOptions.Comparison, scenario, rival, connections);
                if (ratios.Length > 0) Line(string.Create(CultureInfo.InvariantCulture, $"- {scenario}, {connections} connections: {Spread(ratios, ratio => ratio, "0.0#")} × {rival}"));
            }
        }
    }

    private void WriteFigures()
    {
        foreach (IGrouping<string, Figure> part in results.Figures.GroupBy(figure => figure.Part))
        {
            Line();
            Line($"## {part.Key}");
            Line();
            Line("| | at | |");
            Line("|---|---:|---:|");
            foreach (var group in part.GroupBy(figure => (figure.Name, figure.At, figure.Unit)))
            {
                string at = group.Key.At == 0 ? "" : group.Key.At.ToString("N0", CultureInfo.InvariantCulture);
                Line($"| {group.Key.Name} | {at} | {Spread([.. group], figure => figure.Value, "0.##")} {group.Key.Unit} |");
            }
        }
    }

    private void WritePlots()
    {
        foreach ((string name, string title) in new Plots(results, folder).Write())
        {
            Line();
            Line($"![{title}]({name}.svg)");
        }
    }

    /// <summary>Microseconds of the processors that a request costs.</summary>
    private double CpuEach(RoundFigures round) =>
        round.Done == 0 ? 0 : round.CpuSeconds.Where(entry => IsPartOf(round.Contender, entry.Key)).Sum(entry => entry.Value) / round.Done * 1e6;

    /// <summary>Whether a process works for a contender: a rival is its own process and PostgreSQL, ours is all that is no rival's and not the load generator.</summary>
    private bool IsPartOf(string contender, string process) => contender == Contender.OursName
        ? process != "storm" && !Rivals.Contains(process)
        : process == contender || process == PostgresServer.Name;

    /// <summary>Per cent of all processors that all processes had, the load generator too.</summary>
    private double Busy(RoundFigures round) =>
        round.ElapsedSeconds == 0 ? 0 : round.CpuSeconds.Values.Sum() / (results.ProcessorCount * round.ElapsedSeconds) * 100;

    private static string Spread<T>(IReadOnlyList<T> rounds, Func<T, double> value, string format)
    {
        double[] values = [.. rounds.Select(value)];
        string Text(double number) => number.ToString(format, CultureInfo.InvariantCulture);
        return values.Length == 1 ? Text(values[0]) : $"{Text(BenchResults.Median(values))} ({Text(values.Min())}–{Text(values.Max())})";
    }

    private void Line(string text = "") => _text.Append(text).Append('\n');
}
