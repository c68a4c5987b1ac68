using System.Text.RegularExpressions;
using Rsvp.Testing;

namespace Rsvp.Api.Tests.Documentation;

/// <summary>docs/reliability.md names a test for every fault.</summary>
public sealed partial class ReliabilityPageTests
{
    [Fact]
    public async Task Every_fault_has_a_test_that_is_there()
    {
        var page = await File.ReadAllLinesAsync(Repository.PathOf("docs", "reliability.md"));
        var faults = page.SkipWhile(line => !line.StartsWith("|---", StringComparison.Ordinal)).Skip(1).TakeWhile(line => line.StartsWith('|')).ToList();
        var tests = TestNames.Read();

        Assert.True(faults.Count > 15);
        Assert.All(faults, fault =>
        {
            var named = Quoted().Matches(fault).Select(name => name.Groups[1].Value).ToArray();
            Assert.True(named.Length > 0, $"No test: {fault}");
            Assert.Empty(named.Except(tests));
        });
    }

    [GeneratedRegex(@"`(\w+/\w+\.\w+)`")]
    private static partial Regex Quoted();
}
