using System.Diagnostics;
using System.IO.Compression;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Rsvp.Testing;

namespace Rsvp.Client.Tests;

/// <summary>The package, made by the command that its page names, of what is built already.</summary>
public sealed partial class PackageTests
{
    private static readonly string Configuration = Path.GetFileName(Path.GetDirectoryName(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar)))!;

    [Fact]
    public async Task The_package_says_what_it_is_and_brings_its_documentation_and_symbols()
    {
        using var folder = new Folder();

        await PackAsync(folder.Path);

        using var package = Open(folder.Path, "Rsvp.Client.*.nupkg");
        var names = package.Entries.Select(entry => entry.FullName).ToHashSet(StringComparer.Ordinal);
        Assert.Superset(new HashSet<string> { "README.md", "lib/net10.0/Rsvp.Client.dll", "lib/net10.0/Rsvp.Client.xml" }, names);
        var about = XDocument.Load(package.GetEntry("Rsvp.Client.nuspec")!.Open()).Root!.Elements().Single();
        Assert.Equal(("Rsvp.Client", "MIT", "README.md"), (Text("id"), Text("license"), Text("readme")));
        Assert.All([Text("version"), Text("authors"), Text("description"), Text("tags")], Assert.NotEmpty);

        // Whoever uses it gets one library with it, and no service of ours.
        Assert.Equal(["Microsoft.AspNetCore.SignalR.Client"], about.Descendants().Where(element => element.Name.LocalName == "dependency").Select(element => element.Attribute("id")!.Value));
        using var documentation = new StreamReader(package.GetEntry("lib/net10.0/Rsvp.Client.xml")!.Open());
        Assert.Contains("M:Rsvp.Client.RsvpClient.SubmitAsync", await documentation.ReadToEndAsync(), StringComparison.Ordinal);
        using var symbols = Open(folder.Path, "Rsvp.Client.*.snupkg");
        Assert.NotNull(symbols.GetEntry("lib/net10.0/Rsvp.Client.pdb"));

        string Text(string name) => about.Elements().Single(element => element.Name.LocalName == name).Value;
    }

    private static async Task PackAsync(string folder)
    {
        var page = await File.ReadAllTextAsync(Repository.PathOf("src", "Rsvp.Client", "README.md"));
        string[] words = Command().Match(page).Groups[1].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.NotEmpty(words);
        using var process = Process.Start(new ProcessStartInfo("dotnet", [.. words, "--no-build", "-p:Configuration=" + Configuration, "--output", folder, "-v", "q", "--nologo"])
        {
            WorkingDirectory = Repository.PathOf(),
            RedirectStandardOutput = true,
            Environment = { ["MSBUILDDISABLENODEREUSE"] = "1" },
        })!;
        var said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, said);
    }

    private static ZipArchive Open(string folder, string pattern) => ZipFile.OpenRead(Assert.Single(Directory.GetFiles(folder, pattern)));

    [GeneratedRegex("^dotnet (pack .+)$", RegexOptions.Multiline)]
    private static partial Regex Command();

    private sealed class Folder : IDisposable
    {
        internal string Path { get; } = Directory.CreateTempSubdirectory("rsvp-client-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
