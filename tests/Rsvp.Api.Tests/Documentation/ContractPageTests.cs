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
        var tests = TestNames.Read();

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

    [GeneratedRegex(@"^\| (?<promise>.+?) \| (?<tests>.*?) ?\|$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quoted();
}
