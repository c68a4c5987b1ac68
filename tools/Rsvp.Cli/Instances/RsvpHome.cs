using System.Globalization;

namespace Rsvp.Cli.Instances;

/// <summary>Where an instance keeps everything it has.</summary>
internal sealed record RsvpHome(string Path, string Root)
{
    internal string RunFile => In("run.json");
    internal string StateFile => In("state.json");
    internal string SecretsFile => In("secrets.json");
    internal string DemoFile => In("demo.json");
    internal string Applications => In("app");
    internal string Logs => In("logs");

    internal string In(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    internal string LogOf(string name) => In("logs", name + ".log");

    internal string InRoot(params string[] parts) => System.IO.Path.Combine([Root, .. parts]);

    /// <summary>From <c>RSVP_HOME</c>, or <c>.rsvp</c> at the top of the repository.</summary>
    internal static RsvpHome FromEnvironment()
    {
        string root = FindRoot();
        string? given = Environment.GetEnvironmentVariable("RSVP_HOME");
        return new RsvpHome(string.IsNullOrEmpty(given) ? System.IO.Path.Combine(root, ".rsvp") : System.IO.Path.GetFullPath(given), root);
    }

    internal static int PortBaseFromEnvironment(int fallback = PortPlan.DefaultBase)
    {
        string? given = Environment.GetEnvironmentVariable("RSVP_PORT_BASE");
        if (string.IsNullOrEmpty(given)) return fallback;

        return int.TryParse(given, CultureInfo.InvariantCulture, out int port)
            ? port
            : throw new ToolException($"RSVP_PORT_BASE is '{given}': it must be a port number");
    }

    /// <summary>The top of the repository: given by the wrapper, or the nearest folder above that holds the solution.</summary>
    internal static string FindRoot()
    {
        if (Environment.GetEnvironmentVariable("RSVP_ROOT") is { Length: > 0 } given) return given;

        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "Rsvp.sln"))) return folder.FullName;
        }

        throw new ToolException("this tool must be run from a checkout of the repository");
    }
}
