using System.Text.RegularExpressions;
using Rsvp.Testing;

namespace Rsvp.Api.Tests.Documentation;

/// <summary>docs/reliability.md names a test for every fault, a control for every guard, and every fail point.</summary>
public sealed partial class ReliabilityPageTests
{
    [Fact]
    public void Every_fault_has_a_test_that_is_there()
    {
        var faults = Rows("## Faults");

        Assert.True(faults.Count > 30);
        Assert.All(faults, fault => AssertNamesTests(fault, fault));
    }

    [Fact]
    public void Every_guard_has_a_test_with_it_and_a_control_without_it()
    {
        var guards = Rows("## Guards");

        Assert.True(guards.Count > 5);
        Assert.All(guards, guard =>
        {
            var cells = guard.Trim('|').Split('|');
            AssertNamesTests(cells[2], guard);
            Assert.True(Test().IsMatch(cells[3]) || cells[3].Contains("the same test", StringComparison.Ordinal), $"No control: {guard}");
            AssertNamesTests(guard, guard);
        });
    }

    [Fact]
    public void Every_fail_point_is_on_the_page_and_armed_by_a_test()
    {
        var inSource = Sources("src").SelectMany(source => Hit().Matches(source)).Select(hit => hit.Groups[1].Value).Order().ToArray();
        var tests = Sources("tests");

        Assert.NotEmpty(inSource);
        Assert.Equal(inSource, Rows("## Fail points").Select(row => FailPointName().Match(row).Groups[1].Value).Where(name => name.Length > 0).Order());
        Assert.All(inSource, name => Assert.True(tests.Any(test => Regex.IsMatch(test, $"\"{name}[:\"]")), $"No test arms {name}."));
    }

    private static void AssertNamesTests(string cells, string row)
    {
        var tests = TestNames.Read();
        var named = Test().Matches(cells);
        Assert.True(named.Count > 0, $"No test: {row}");
        Assert.All(named, name =>
        {
            Assert.Contains(name.Groups["name"].Value, tests);
            Assert.EndsWith($"/{name.Groups["class"].Value}.cs", name.Groups["link"].Value, StringComparison.Ordinal);
        });
    }

    private static List<string> Rows(string heading) =>
    [
        .. File.ReadLines(Repository.PathOf("docs", "reliability.md"))
            .SkipWhile(line => line != heading)
            .SkipWhile(line => !line.StartsWith("|---", StringComparison.Ordinal))
            .Skip(1)
            .TakeWhile(line => line.StartsWith('|')),
    ];

    private static List<string> Sources(string folder) =>
    [
        .. Directory.EnumerateFiles(Repository.PathOf(folder), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Select(File.ReadAllText),
    ];

    [GeneratedRegex(@"\[`(?<name>\w+/(?<class>\w+)\.\w+)`\]\((?<link>[^)]+)\)")]
    private static partial Regex Test();

    [GeneratedRegex(@"FailPoint\.Hit\(""(\w+)""\)")]
    private static partial Regex Hit();

    [GeneratedRegex(@"^\| `(\w+)` \|")]
    private static partial Regex FailPointName();
}
