using Rsvp.Cli.Instances;
using Rsvp.Cli.Processes;
using Rsvp.Cli.Servers;

namespace Rsvp.Testing;

/// <summary>The browser that is installed; where it is not and may be, it is installed.</summary>
public static class Chromium
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

    /// <summary>Without a screen, and silent towards everybody but the page: nothing of the browser's own goes over the network.</summary>
    public static IReadOnlyList<string> Arguments { get; } =
    [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    /// <summary>Where it is.</summary>
    public static async Task<string> FindAsync()
    {
        if (Find() is { } found)
        {
            return found;
        }

        var home = new RsvpHome(TestServers.Home, RsvpHome.FindRoot());
        await AptInstaller.InstallAsync(home, Console.WriteLine, ["chromium"], ": Chromium or Chrome", CancellationToken.None);
        return Find() ?? throw new InvalidOperationException("Chromium was installed and is not there.");
    }

    private static string? Find() => Names.Select(name => Executables.Find(name)).FirstOrDefault(path => path is not null);
}
