using Rsvp.Cli.Instances;
using Rsvp.Cli.Processes;
using Rsvp.Cli.Servers;

namespace Rsvp.Testing;

/// <summary>The linter of OpenAPI documents; fetched once and kept by its version.</summary>
public static class Spectral
{
    private const string Version = "6.16.3";

    // Installing takes half a minute, linting a few seconds; a machine that is busy with other tests takes longer.
    private static readonly TimeSpan InstallAtMost = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LintAtMost = TimeSpan.FromMinutes(2);

    /// <summary>Lints a document.</summary>
    /// <param name="document">Full path.</param>
    /// <param name="ruleset">Full path.</param>
    /// <returns>What was found, down to hints; null when there is nothing.</returns>
    public static async Task<string?> LintAsync(string document, string ruleset)
    {
        var script = Path.Combine(await InstallAsync(), "node_modules", "@stoplight", "spectral-cli", "dist", "index.js");
        var result = await Shell.RunAsync(
            Executables.Find("node") ?? throw new InvalidOperationException("node is missing, although npm is there: install Node.js 18 or newer."),
            [script, "lint", "--ruleset", ruleset, "--fail-severity", "hint", "--display-only-failures", document],
            LintAtMost);
        return result.Ok ? null : result.Output;
    }

    private static async Task<string> InstallAsync()
    {
        var folder = Path.Combine(TestServers.Tools, "spectral-" + Version);
        if (Directory.Exists(folder))
        {
            return folder;
        }

        var home = new RsvpHome(TestServers.Home, RsvpHome.FindRoot());
        if (Executables.Find("npm") is null || Executables.Find("node") is null)
        {
            await AptInstaller.InstallAsync(home, Console.WriteLine, ["nodejs", "npm"], ": Node.js 18 or newer with npm", CancellationToken.None);
        }

        // Moved into place when it is whole, so that an interrupted installation is not taken for one.
        var partial = folder + "." + Guid.NewGuid().ToString("N");
        Directory.CreateDirectory(partial);
        var installed = await Shell.RunAsync(
            Executables.Find("npm") ?? throw new InvalidOperationException("npm is missing: install Node.js 18 or newer with npm."),
            ["install", "--prefix", partial, "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "@stoplight/spectral-cli@" + Version],
            InstallAtMost,
            logFile: home.LogOf("npm"));
        if (!installed.Ok)
        {
            throw new InvalidOperationException("npm could not install the linter: " + installed.Output);
        }

        Directory.Move(partial, folder);
        return folder;
    }
}
