using System.Text.RegularExpressions;

namespace Rsvp.Testing;

/// <summary>The table of metrics in docs/telemetry.md.</summary>
public static partial class MetricsPage
{
    /// <summary>Reads the table.</summary>
    public static IReadOnlyList<DocumentedMetric> Read() =>
    [
        .. File.ReadLines(Repository.PathOf("docs", "telemetry.md"))
            .Select(line => Row().Match(line))
            .Where(row => row.Success)
            .Select(row => new DocumentedMetric(
                row.Groups["name"].Value, row.Groups["kind"].Value, row.Groups["unit"].Value, row.Groups["service"].Value, IsThereFromTheStart: !row.Groups["late"].Success)),
    ];

    [GeneratedRegex(@"^\| `(?<name>rsvp\.[a-z_.]+)` (?<late>† )?\| (?<kind>[a-z- ]+), (?<unit>\S+) \| (?<service>\w+) \|")]
    private static partial Regex Row();
}

/// <summary>A row of the table.</summary>
/// <param name="Name">As the instrument is called.</param>
/// <param name="Kind"><c>counter</c>, <c>up-down counter</c>, <c>gauge</c> or <c>histogram</c>.</param>
/// <param name="Unit">As the instrument has it.</param>
/// <param name="Service"><c>api</c>, <c>worker</c> or <c>notifier</c>.</param>
/// <param name="IsThereFromTheStart">False when it appears with its first event.</param>
public sealed record DocumentedMetric(string Name, string Kind, string Unit, string Service, bool IsThereFromTheStart)
{
    /// <summary>As Prometheus calls the family.</summary>
    public string PrometheusName => Name.Replace('.', '_') + (Unit == "s" ? "_seconds" : "") + (Kind == "counter" ? "_total" : "");

    /// <summary>As Prometheus calls the kind.</summary>
    public string PrometheusKind => Kind is "up-down counter" ? "gauge" : Kind;
}
