using System.Text.RegularExpressions;

namespace Rsvp.Testing;

/// <summary>The names of all tests, read from their sources, as pages name them: <c>Api/EdgeTests.A_method_that_a_route_does_not_have_is_405</c>.</summary>
public static partial class TestNames
{
    /// <summary>Reads them.</summary>
    public static IReadOnlySet<string> Read() =>
        Directory.EnumerateDirectories(Repository.PathOf("tests"), "Rsvp.*.Tests").SelectMany(Of).ToHashSet(StringComparer.Ordinal);

    private static IEnumerable<string> Of(string project) =>
        from file in Directory.EnumerateFiles(project, "*Tests.cs", SearchOption.AllDirectories)
        where !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
        let text = File.ReadAllText(file)
        from test in Test().Matches(text)
        select $"{Path.GetFileName(project)["Rsvp.".Length..^".Tests".Length]}/{Class().Match(text).Groups[1].Value}.{test.Groups[1].Value}";

    [GeneratedRegex(@"^public sealed (?:partial )?class (\w+)", RegexOptions.Multiline)]
    private static partial Regex Class();

    [GeneratedRegex(@"^    \[(?:Fact|Theory)\b.*?^    public (?:async )?(?:Task|void) (\w+)\(", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Test();
}
