using System.Text.RegularExpressions;
using Rsvp.Testing;

namespace Rsvp.Hosting.Tests.Alerts;

/// <summary>The alerts fire when they should, say what to do, and look at what there is.</summary>
public sealed partial class AlertRuleTests
{
    private static readonly string[] PartsOfHistogram = ["_bucket", "_count", "_sum"];

    [Fact]
    public async Task The_alerts_pass_their_unit_tests()
    {
        var (passed, output) = await Promtool.TestAsync(await File.ReadAllTextAsync(AlertRule.FilePath));

        Assert.True(passed, output);
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task Control_each_alert_that_does_not_fire_in_one_of_its_ways_is_missed()
    {
        var rules = AlertRule.ReadAll();
        for (var way = 0; way < rules.Max(rule => rule.Ways.Count); way++)
        {
            var (passed, output) = await Promtool.TestAsync(AlertRule.Silenced(way));

            Assert.False(passed);
            Assert.All(rules.Where(rule => rule.Ways.Count > way), rule => Assert.Contains($"alertname=\"{rule.Name}\"", output, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Each_alert_has_its_section_in_the_runbook_and_each_section_its_alert()
    {
        var page = await File.ReadAllTextAsync(Repository.PathOf("docs", "operations.md"));
        var rules = AlertRule.ReadAll();

        Assert.Equal(rules.Select(rule => rule.Name).Order(), Section().Matches(page).Select(heading => heading.Groups["name"].Value).Order());
        Assert.All(rules, rule => Assert.Equal($"docs/operations.md#{rule.Name.ToLowerInvariant()}", rule.Runbook));
    }

    [Fact]
    public void Every_figure_of_ours_in_alerts_and_dashboards_is_one_that_the_services_show()
    {
        var shown = MetricsPage.Read().SelectMany(metric => metric.Kind == "histogram"
            ? PartsOfHistogram.Select(end => metric.PrometheusName + end)
            : [metric.PrometheusName]).ToHashSet();

        var asked = AlertRule.ReadAll().Select(rule => rule.Expression).Concat(Dashboard.ReadAll().SelectMany(board => board.Queries).Select(query => query.Expression))
            .SelectMany(AlertRule.MetricsOf).Where(name => name.StartsWith("rsvp_", StringComparison.Ordinal)).ToHashSet();

        Assert.True(asked.Count > 30);
        Assert.Equal([], asked.Except(shown));
    }

    [Fact]
    public void The_dashboards_show_every_figure_of_ours()
    {
        var shown = Dashboard.ReadAll().SelectMany(board => board.Queries).SelectMany(query => AlertRule.MetricsOf(query.Expression)).ToHashSet();

        Assert.Equal([], MetricsPage.Read().Select(metric => metric.PrometheusName).Where(name => !shown.Contains(name) && !shown.Contains(name + "_bucket")));
    }

    [GeneratedRegex("^### (?<name>Rsvp[A-Z][A-Za-z]+)$", RegexOptions.Multiline)]
    private static partial Regex Section();
}
