using System.Text.RegularExpressions;
using Rsvp.Hosting.Problems;
using Rsvp.Testing;

namespace Rsvp.Api.Tests.Documentation;

/// <summary>docs/contract.md names a test for every promise, and leaves no refusal and no route out.</summary>
public sealed partial class ContractPageTests(GeneratedDocument generated) : IClassFixture<GeneratedDocument>
{
    private readonly string _page = File.ReadAllText(Repository.PathOf("docs", "contract.md"));

    private IEnumerable<(string Promise, string[] Tests)> Promises =>
        from row in Row().Matches(_page)
        where row.Groups["promise"].Value is not "promise"
        select (row.Groups["promise"].Value, Quoted().Matches(row.Groups["tests"].Value).Select(test => test.Groups[1].Value).ToArray());

    [Fact]
    public void Every_promise_has_a_test()
    {
        Assert.NotEmpty(Promises);
        Assert.Empty(Promises.Where(promise => promise.Tests.Length == 0).Select(promise => promise.Promise));
    }

    [Fact]
    public void Every_test_that_the_page_names_is_there()
    {
        var tests = Directory.EnumerateDirectories(Repository.PathOf("tests"), "Rsvp.*.Tests").SelectMany(TestsOf).ToHashSet(StringComparer.Ordinal);

        Assert.Contains($"Api/{nameof(ContractPageTests)}.{nameof(Every_test_that_the_page_names_is_there)}", tests);
        Assert.Empty(Promises.SelectMany(promise => promise.Tests).Distinct().Except(tests));
    }

    [Fact]
    public void Every_refusal_is_on_the_page() =>
        Assert.Empty(ProblemCatalog.All.Select(kind => kind.Code).Except(Named()));

    [Fact]
    public void Every_route_is_on_the_page() =>
        Assert.Empty(generated.Operations.Select(operation => operation.Name).Except(Named()));

    // What rows name, not what the text around them does: a promise stands in a row.
    private IEnumerable<string> Named() =>
        Promises.SelectMany(promise => Quoted().Matches(promise.Promise)).Select(quoted => quoted.Groups[1].Value);

    private static IEnumerable<string> TestsOf(string project) =>
        from file in Directory.EnumerateFiles(project, "*Tests.cs", SearchOption.AllDirectories)
        where !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
        let text = File.ReadAllText(file)
        from test in Test().Matches(text)
        select $"{Path.GetFileName(project)["Rsvp.".Length..^".Tests".Length]}/{Class().Match(text).Groups[1].Value}.{test.Groups[1].Value}";

    [GeneratedRegex(@"^\| (?<promise>.+?) \| (?<tests>.*?) ?\|$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"^public sealed (?:partial )?class (\w+)", RegexOptions.Multiline)]
    private static partial Regex Class();

    [GeneratedRegex(@"^    \[(?:Fact|Theory)\b.*?^    public (?:async )?(?:Task|void) (\w+)\(", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Test();
}
