using System.Text.RegularExpressions;
using Rsvp.Testing;

namespace Rsvp.Hosting.Tests.Telemetry;

public sealed partial class MetricsPageTests
{
    [Fact]
    public void The_page_has_every_instrument_that_the_services_make_and_no_other()
    {
        var made = Directory.EnumerateFiles(Repository.PathOf("src"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => Instrument().Matches(File.ReadAllText(file)))
            .Select(match => (Name: match.Groups["name"].Value, Kind: KindOf(match.Groups["kind"].Value)))
            .ToList();

        Assert.Equal(made.Order(), MetricsPage.Read().Select(row => (row.Name, row.Kind)).Order());
    }

    private static string KindOf(string method) => method switch
    {
        "Counter" or "SafetyNet" => "counter",
        "UpDownCounter" => "up-down counter",
        "ObservableGauge" => "gauge",
        "Histogram" => "histogram",
        _ => throw new ArgumentOutOfRangeException(nameof(method), method, "The page has no word for this kind."),
    };

    [GeneratedRegex("""(\.Create(?<kind>[A-Z]\w+?)(<\w+>)?\(\s*|: (?<kind>SafetyNet)\([^"]*)"(?<name>rsvp\.[^"]+)""")]
    private static partial Regex Instrument();
}
