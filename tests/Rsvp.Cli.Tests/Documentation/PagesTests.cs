using System.CommandLine;
using System.Text.RegularExpressions;
using Rsvp.Testing;

namespace Rsvp.Cli.Tests.Documentation;

/// <summary>What the pages name is there: links with their headings, files, and commands of the tool with their options.</summary>
public sealed partial class PagesTests
{
    private static readonly string Root = Repository.PathOf();

    private static IEnumerable<string> Pages =>
        Directory.GetFiles(Root, "*.md").Concat(Directory.GetFiles(Repository.PathOf("docs"), "*.md", SearchOption.AllDirectories)).Append(Repository.PathOf("src", "Rsvp.Client", "README.md"));

    [Fact]
    public void Every_link_leads_somewhere()
    {
        var broken = Pages.SelectMany(page => BrokenLinks(page, File.ReadAllText(page)).Select(link => $"{Path.GetRelativePath(Root, page)}: {link}")).ToArray();

        Assert.True(Pages.Count() > 20);
        Assert.Empty(broken);
    }

    [Fact]
    public void Every_file_that_is_named_is_there()
    {
        var missing = from page in Pages
                      from name in NamedFile().Matches(File.ReadAllText(page)).Select(match => match.Groups[1].Value.TrimEnd('/'))
                      where !name.Contains('*', StringComparison.Ordinal) && !name.Contains('…', StringComparison.Ordinal) && !Path.Exists(Path.Combine(Root, name))
                      select $"{Path.GetRelativePath(Root, page)}: {name}";

        Assert.Empty(missing);
    }

    [Fact]
    public void Every_command_that_is_named_is_one_of_the_tool_with_options_that_it_has()
    {
        var used = (from page in Pages from use in Used().Matches(File.ReadAllText(page)) select (Page: Path.GetRelativePath(Root, page), Words: use.Value)).ToArray();

        Assert.True(used.Length > 20);
        Assert.Empty(used.SelectMany(use => UnknownWords(use.Words).Select(word => $"{use.Page}: {word} in {use.Words}")));
    }

    [Fact]
    public void Every_table_has_its_heading_and_no_gap()
    {
        var rows = Pages.SelectMany(page => RowsOfNoTable(File.ReadAllText(page)).Select(row => $"{Path.GetRelativePath(Root, page)}: {row}")).ToArray();

        Assert.Empty(rows);
    }

    [Theory]
    [InlineData("| a | b |\n|---|---:|\n| 1 | 2 |\n| 3 | 4 |\n\ntext", "")]
    [InlineData("| a | b |\n|---|---:|\n| 1 | 2 |\n\n| 3 | 4 |\n| 5 | 6 |", "| 3 | 4 |")]
    [InlineData("| 3 | 4 |", "| 3 | 4 |")]
    public void A_row_behind_a_gap_is_found(string page, string row) => Assert.Equal(row, string.Join(' ', RowsOfNoTable(page)));

    [Theory]
    [InlineData("./rsvp storm --users 2000 --capacity 100", "")]
    [InlineData("./rsvp watch $ACTIVITY --for 10", "")]
    [InlineData("./rsvp dead list", "")]
    [InlineData("./rsvp --help", "")]
    [InlineData("./rsvp watch --users 5", "--users")]
    [InlineData("./rsvp audit --seed 7 --capacity 5", "--seed --capacity")]
    [InlineData("./rsvp dead list --users", "--users")]
    [InlineData("./rsvp tempest --users 5", "tempest")]
    public void An_option_of_another_command_is_found(string words, string unknown) => Assert.Equal(unknown, string.Join(' ', UnknownWords(words)));

    [Fact]
    public void A_link_that_leads_nowhere_is_found()
    {
        var page = Repository.PathOf("README.md");

        Assert.Empty(BrokenLinks(page, "[a](docs/api.md) [b](docs/api.md#attend) [c](https://example.org) [d](#run-it)\n## Run it"));
        Assert.Equal(["docs/nothing.md", "docs/api.md#nothing", "#nothing"], BrokenLinks(page, "[a](docs/nothing.md) [b](docs/api.md#nothing) [c](#nothing) ![d](docs/api.md)"));
    }

    /// <summary>A command that is none, or the options that this very command has not.</summary>
    private static IEnumerable<string> UnknownWords(string use)
    {
        Command command = RsvpCommands.Create();
        var options = command.Options.Where(option => option.Recursive).ToList();
        var words = Words().Matches(use).Select(word => word.Value).ToArray();
        var path = words.TakeWhile(word => !word.StartsWith('-')).ToArray();
        foreach (var (index, word) in path.Index())
        {
            if (command.Subcommands.FirstOrDefault(inner => inner.Name == word) is not { } inner)
            {
                // Behind a command comes what it is about.
                if (index > 0)
                {
                    break;
                }

                yield return word;
                yield break;
            }

            command = inner;
            options.AddRange(command.Options.Where(option => option.Recursive));
        }

        foreach (var word in words.Where(word => word.StartsWith("--", StringComparison.Ordinal) || word == "-d"))
        {
            if (!command.Options.Concat(options).Any(option => option.Name == word || option.Aliases.Contains(word)))
            {
                yield return word;
            }
        }
    }

    /// <summary>The first row of each table without a line of dashes below it: Markdown shows its bars as text.</summary>
    private static IEnumerable<string> RowsOfNoTable(string page)
    {
        string[] lines = [.. page.Split('\n'), ""];
        return Enumerable.Range(0, lines.Length - 1)
            .Where(at => IsRow(lines[at]) && (at == 0 || !IsRow(lines[at - 1])) && !Dashes().IsMatch(lines[at + 1]))
            .Select(at => lines[at]);

        static bool IsRow(string line) => line.StartsWith('|');
    }

    private static IEnumerable<string> BrokenLinks(string page, string text)
    {
        foreach (var link in Link().Matches(Fence().Replace(text, "")).Select(match => match.Groups[1].Value).Where(link => !link.StartsWith("http", StringComparison.Ordinal)))
        {
            var parts = link.Split('#', 2);
            var target = parts[0].Length == 0 ? page : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(page)!, parts[0]));
            if (!Path.Exists(target))
            {
                yield return link;
            }
            else if (parts.Length == 2 && !Anchors(parts[0].Length == 0 ? text : File.ReadAllText(target)).Contains(parts[1]))
            {
                yield return link;
            }
        }
    }

    // As hosts of repositories make them of headings.
    private static HashSet<string> Anchors(string text) => Heading().Matches(Fence().Replace(text, ""))
        .Select(heading => NotInAnchors().Replace(heading.Groups[1].Value.ToLowerInvariant(), "").Replace(' ', '-')).ToHashSet(StringComparer.Ordinal);

    [GeneratedRegex(@"^\|[\s:|-]+\|$")]
    private static partial Regex Dashes();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchors();

    [GeneratedRegex("`((?:src|tests|tools|bench|docs|infra|samples)/[^` ]+)`")]
    private static partial Regex NamedFile();

    // Up to the end of the line, of the quote, or of what the shell passes on.
    [GeneratedRegex(@"\./rsvp (?!`)[^`\n|&;)]+")]
    private static partial Regex Used();

    // What stands between spaces behind the tool's name, and looks like a command or an option.
    [GeneratedRegex(@"(?<=\s)(?:-{1,2})?[a-z][a-z-]*(?![^\s,.:=])")]
    private static partial Regex Words();
}
