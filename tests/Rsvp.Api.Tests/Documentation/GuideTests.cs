using System.Globalization;
using System.Text.RegularExpressions;
using Rsvp.Hosting.Problems;
using Rsvp.Testing;

namespace Rsvp.Api.Tests.Documentation;

/// <summary>The table of problem codes in docs/api.md is the catalogue.</summary>
public sealed partial class GuideTests
{
    [Fact]
    public async Task The_guide_lists_every_problem_code_with_its_status_and_title()
    {
        var guide = await File.ReadAllTextAsync(Repository.PathOf("docs", "api.md"));

        var rows = Row().Matches(guide).Select(row => row.Value.TrimEnd());
        var catalogue = ProblemCatalog.All
            .OrderBy(kind => kind.Status)
            .ThenBy(kind => kind.Code, StringComparer.Ordinal)
            .Select(kind => string.Create(CultureInfo.InvariantCulture, $"| {kind.Status} | `{kind.Code}` | {kind.Title} |"));

        Assert.Equal(catalogue, rows);
    }

    [GeneratedRegex(@"^\| \d{3} \| `\w+` \|.*$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
