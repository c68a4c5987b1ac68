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
        var known = NamesOf(RsvpCommands.Create()).ToHashSet();
        var used = (from page in Pages from use in Used().Matches(File.ReadAllText(page)) select (Page: Path.GetRelativePath(Root, page), Words: use.Value)).ToArray();

        Assert.True(used.Length > 20);
        Assert.Empty(used.SelectMany(use => Words().Matches(use.Words).Where(word => !known.Contains(word.Groups[1].Value)).Select(word => $"{use.Page}: {word.Groups[1].Value} in {use.Words}")));
    }

    [Fact]
    public void A_link_that_leads_nowhere_is_found()
    {
        var page = Repository.PathOf("README.md");

        Assert.Empty(BrokenLinks(page, "[a](docs/api.md) [b](docs/api.md#attend) [c](https://example.org) [d](#run-it)\n## Run it"));
        Assert.Equal(["docs/nothing.md", "docs/api.md#nothing", "#nothing"], BrokenLinks(page, "[a](docs/nothing.md) [b](docs/api.md#nothing) [c](#nothing) ![d](docs/api.md)"));
    }

    private static IEnumerable<string> NamesOf(Command command) =>
        command.Options.Select(option => option.Name).Concat(command.Subcommands.SelectMany(inner => NamesOf(inner).Append(inner.Name)));

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

    // The command, and every option.
    [GeneratedRegex(@"(?:(?<=\./rsvp )|(?<=\s)(?=--))(-{0,2}[a-z][a-z-]*)")]
    private static partial Regex Words();
}
