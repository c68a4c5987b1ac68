using System.Globalization;
using System.Text.RegularExpressions;

namespace Rsvp.Testing;

/// <summary>An alert of <c>infra/prometheus/rules.yml</c>.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Expression">When it fires; on one line.</param>
/// <param name="Severity"><c>page</c> or <c>ticket</c>.</param>
/// <param name="Summary">What it means.</param>
/// <param name="Runbook">Path and heading of what to do.</param>
public sealed partial record AlertRule(string Name, string Expression, string Severity, string Summary, string Runbook)
{
    private const string Or = " or ";

    private const int Faster = 15;

    // What is compared with a day is compared with minutes.
    private const int DayFaster = 60;

    /// <summary>Full path of the file.</summary>
    public static string FilePath => Repository.PathOf("infra", "prometheus", "rules.yml");

    /// <summary>Reads the file, which is written in one way only: a new form is a mistake here before it is one there.</summary>
    public static IReadOnlyList<AlertRule> ReadAll()
    {
        var rules = Block().Matches(File.ReadAllText(FilePath)).Select(block => new AlertRule(
            block.Groups["name"].Value,
            Spaces().Replace(block.Groups["expr"].Value, " ").Trim(),
            block.Groups["severity"].Value,
            block.Groups["summary"].Value,
            block.Groups["runbook"].Value)).ToList();
        var alerts = File.ReadLines(FilePath).Count(line => line.Contains("alert:", StringComparison.Ordinal));
        return rules.Count == alerts ? rules : throw new InvalidDataException($"{alerts} alerts are in the file, and {rules.Count} of them can be read.");
    }

    /// <summary>The file with every duration shortened, so that a test need not wait for an hour; thresholds stay. A window keeps room for some looks of a second.</summary>
    public static string Scaled() => Day().Replace(
        Offset().Replace(
            Window().Replace(
                For().Replace(File.ReadAllText(FilePath), wait => $"for: {Math.Max(1, Seconds(wait) / Faster).ToString(CultureInfo.InvariantCulture)}s"),
                window => $"[{Math.Max(10, Seconds(window) / Faster).ToString(CultureInfo.InvariantCulture)}s]"),
            offset => $"offset {Math.Max(10, Seconds(offset) / Faster).ToString(CultureInfo.InvariantCulture)}s"),
        day => string.Create(CultureInfo.InvariantCulture, $"[{int.Parse(day.Groups["hours"].Value, CultureInfo.InvariantCulture) * 3600 / DayFaster}s:{Seconds(day) / DayFaster}s]"));

    /// <summary>The ways in which it fires: what is between <c>or</c>, of which each is enough.</summary>
    public IReadOnlyList<string> Ways => Expression.Split(Or);

    /// <summary>The file with alerts that do not fire in one of their ways any more; those without a way of that number are as they were.</summary>
    /// <param name="way">Its place in <see cref="Ways"/>.</param>
    public static string Silenced(int way) => Block().Replace(
        File.ReadAllText(FilePath),
        block =>
        {
            var ways = block.Groups["expr"].Value.Trim().Split(Or);
            if (way >= ways.Length)
            {
                return block.Value;
            }

            ways[way] = "vector(0) > 1";
            return block.Value.Replace(block.Groups["expr"].Value, $" {string.Join(Or, ways)}\n", StringComparison.Ordinal);
        });

    /// <summary>Names of metrics in an expression.</summary>
    /// <param name="expression">In the language of Prometheus.</param>
    public static IEnumerable<string> MetricsOf(string expression) => Metric().Matches(Labels().Replace(Text().Replace(expression, "\"\""), "")).Select(name => name.Value);

    private static int Seconds(Match duration) =>
        int.Parse(duration.Groups["number"].Value, CultureInfo.InvariantCulture) * (duration.Groups["unit"].Value == "m" ? 60 : 1);

    [GeneratedRegex(
        """
        - alert: (?<name>\w+)\n(?: +#.*\n)*( +)expr:(?: \|)?(?<expr>(?:.*\n)(?:\1  .*\n)*)(?: +#.*\n)*(?: +for: \w+\n)? +labels: \{ severity: (?<severity>page|ticket) \}\n +annotations:\n +summary: (?<summary>.+)\n +runbook: (?<runbook>.+)\n
        """)]
    private static partial Regex Block();

    [GeneratedRegex(@"for: (?<number>\d+)(?<unit>[sm])")]
    private static partial Regex For();

    [GeneratedRegex(@"\[(?<number>\d+)(?<unit>[sm])\]")]
    private static partial Regex Window();

    [GeneratedRegex(@"offset (?<number>\d+)(?<unit>[sm])")]
    private static partial Regex Offset();

    [GeneratedRegex(@"\[(?<hours>\d+)h:(?<number>\d+)(?<unit>m)\]")]
    private static partial Regex Day();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex("\"[^\"]*\"")]
    private static partial Regex Text();

    [GeneratedRegex(@"\bby \([^)]*\)")]
    private static partial Regex Labels();

    [GeneratedRegex(@"\b(rsvp|rabbitmq|http|db|dotnet)_\w+|\bup\b|\bALERTS\b")]
    private static partial Regex Metric();
}
