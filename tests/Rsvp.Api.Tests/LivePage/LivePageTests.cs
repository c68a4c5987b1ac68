using System.Text;
using System.Text.RegularExpressions;
using Rsvp.Api.Tests.Http;
using Rsvp.Testing;

namespace Rsvp.Api.Tests.LivePage;

/// <summary>The files of the live page, as they are served.</summary>
public sealed partial class LivePageTests(ApiWorld world) : IClassFixture<ApiWorld>
{
    private static readonly string Folder = Repository.PathOf("src", "Rsvp.Api", "LivePage", "Files");

    private static IEnumerable<string> Files => Directory.GetFiles(Folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Folder, file).Replace('\\', '/'));

    [Fact]
    public async Task Anybody_gets_the_page_and_it_may_run_its_own_scripts_and_nothing_else()
    {
        var page = await world.SendAsync(HttpMethod.Get, "/", token: null);

        Assert.Equal((200, "text/html; charset=utf-8"), (page.Status, page.Headers["Content-Type"]));
        var policy = page.Headers["Content-Security-Policy"];
        Assert.Contains("default-src 'none'; script-src 'self'; style-src 'self';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("data-development=\"false\"", Encoding.UTF8.GetString(page.Body), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_on_the_page_is_written_into_the_document_or_comes_from_elsewhere()
    {
        var html = await File.ReadAllTextAsync(Path.Combine(Folder, "index.html"));

        Assert.DoesNotMatch(@"<script(?![^>]* src=""/page/)|<style| style=| on\w+=|https?://", html);
        foreach (var file in Files.Where(file => file.EndsWith(".css", StringComparison.Ordinal) || (file.EndsWith(".js", StringComparison.Ordinal) && !file.StartsWith("vendor/", StringComparison.Ordinal))))
        {
            var text = await File.ReadAllTextAsync(Path.Combine(Folder, file));
            Assert.DoesNotMatch(@"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|https?://(?!www\.w3\.org/2000/svg)", text);
        }
    }

    [Fact]
    public async Task Every_file_is_served_with_its_type_and_asked_for_again_only_when_it_is_another()
    {
        Assert.True(Files.Count() > 20);
        foreach (var file in Files.Where(file => file != "index.html"))
        {
            var answer = await world.SendAsync(HttpMethod.Get, "/page/" + file, token: null);
            var again = await world.SendAsync(HttpMethod.Get, "/page/" + file, token: null, json: null, ("If-None-Match", answer.Headers["ETag"]));

            Assert.Equal((200, TypeOf(file), "no-cache"), (answer.Status, answer.Headers["Content-Type"], answer.Headers["Cache-Control"]));
            Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(Folder, file)), answer.Body);
            Assert.Equal((304, 0), (again.Status, again.Body.Length));
        }
    }

    [Theory]
    [InlineData("/page/")]
    [InlineData("/page/index.html")]
    [InlineData("/page/lib/nothing.js")]
    [InlineData("/page/../appsettings.json")]
    [InlineData("/page/%2e%2e/Rsvp.Api.dll")]
    public async Task There_is_nothing_else(string path) =>
        Assert.Equal((404, "not_found"), await world.SendAsync(HttpMethod.Get, path, token: null) is var answer ? (answer.Status, answer.Code) : default);

    [Fact]
    public async Task Every_module_that_is_imported_and_every_file_that_is_named_is_there()
    {
        var files = Files.ToHashSet();
        foreach (var file in Files.Where(file => file.EndsWith(".js", StringComparison.Ordinal)))
        {
            foreach (Match import in Import().Matches(await File.ReadAllTextAsync(Path.Combine(Folder, file))))
            {
                var target = Path.GetRelativePath("/", Path.GetFullPath(Path.Combine("/", Path.GetDirectoryName(file)!, import.Groups[1].Value))).Replace('\\', '/');
                Assert.True(files.Contains(target), $"{file} imports {target}, which is not there");
            }
        }

        var named = Named().Matches(await File.ReadAllTextAsync(Path.Combine(Folder, "index.html"))).Select(name => name.Groups[1].Value);
        Assert.Empty(named.Except(files));
    }

    [Fact]
    public void What_others_made_is_there_with_its_licence() =>
        Assert.Subset(Files.ToHashSet(), new HashSet<string> { "vendor/signalr-licence.txt", "fonts/figtree-licence.txt", "fonts/fraunces-licence.txt" });

    private static string TypeOf(string file) => Path.GetExtension(file) switch
    {
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".svg" => "image/svg+xml",
        ".woff2" => "font/woff2",
        _ => "text/plain; charset=utf-8",
    };

    [GeneratedRegex("""^import .*from "(\.[^"]+)";$""", RegexOptions.Multiline)]
    private static partial Regex Import();

    [GeneratedRegex("""(?:href|src)="/page/([^"]+)["]""")]
    private static partial Regex Named();
}
