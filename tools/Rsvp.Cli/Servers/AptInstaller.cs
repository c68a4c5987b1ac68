using Rsvp.Cli.Instances;
using Rsvp.Cli.Processes;

namespace Rsvp.Cli.Servers;

/// <summary>Installs what is missing on Debian and Ubuntu, when root asked; says what it does.</summary>
internal static class AptInstaller
{
    private const string PolicyFile = "/usr/sbin/policy-rc.d";
    private static readonly TimeSpan AtMost = TimeSpan.FromMinutes(15);

    /// <param name="home">Where to log.</param>
    /// <param name="say">Tells the person who waits.</param>
    /// <param name="packages">What is missing.</param>
    /// <param name="otherwise">What else would help, on a system that is neither Debian nor Ubuntu.</param>
    /// <param name="cancellationToken">Ends it.</param>
    internal static async Task InstallAsync(RsvpHome home, Action<string> say, string[] packages, string otherwise, CancellationToken cancellationToken)
    {
        string wanted = string.Join(' ', packages);
        if (Executables.Find("apt-get") is not { } apt)
        {
            throw new ToolException($"missing: {wanted}. Install it{otherwise}");
        }

        if (!Executables.IsRoot)
        {
            throw new ToolException($"missing: {wanted}. Get it by: sudo apt-get update && sudo apt-get install -y {wanted}");
        }

        say($"installing {wanted} by apt-get (a minute or two) ...");
        string log = home.LogOf("apt");
        var environment = new Dictionary<string, string> { ["DEBIAN_FRONTEND"] = "noninteractive" };

        // The packages would start servers of their own on the usual ports; a policy that says no keeps them quiet.
        bool ownPolicy = !File.Exists(PolicyFile);
        if (ownPolicy)
        {
            File.WriteAllText(PolicyFile, "#!/bin/sh\nexit 101\n");
            FileRights.Set(PolicyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        try
        {
            await Shell.RunAsync(apt, ["update", "-q"], AtMost, environment, logFile: log, cancellationToken: cancellationToken);
            ShellResult result = await Shell.RunAsync(
                apt, ["install", "-y", "-q", "--no-install-recommends", .. packages], AtMost, environment, logFile: log, cancellationToken: cancellationToken);
            if (!result.Ok) throw new ToolException($"apt-get install {wanted} failed", log);
        }
        finally
        {
            if (ownPolicy) File.Delete(PolicyFile);
        }

        if (Directory.Exists("/run/systemd/system"))
        {
            // Nor at the next boot: the instance runs servers of its own.
            foreach (string unit in packages) await Shell.RunAsync("systemctl", ["disable", "--now", unit], AtMost, cancellationToken: cancellationToken);
        }

        say($"installed {wanted}; the packages' own servers were not started");
    }
}
