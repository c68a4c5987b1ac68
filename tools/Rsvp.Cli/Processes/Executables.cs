using System.Runtime.InteropServices;

namespace Rsvp.Cli.Processes;

/// <summary>Finds programs and knows who runs this one.</summary>
internal static class Executables
{
    internal static bool IsRoot { get; } = !OperatingSystem.IsWindows() && GetEffectiveUserId() == 0;

    /// <summary>Full path of the first match on PATH, then in the folders given; null when there is none.</summary>
    internal static string? Find(string name, params IEnumerable<string> alsoIn)
    {
        string[] path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return path.Concat(["/usr/local/sbin", "/usr/sbin", "/sbin"]).Concat(alsoIn)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(Exists);
    }

    /// <summary>Whether there is a file, and not only a link to one that was removed.</summary>
    internal static bool Exists(string path) =>
        File.Exists(path) && File.ResolveLinkTarget(path, returnFinalTarget: true) is null or { Exists: true };

    /// <summary>The dotnet host that runs this tool.</summary>
    internal static string Dotnet { get; } =
        Environment.GetEnvironmentVariable("RSVP_DOTNET") is { Length: > 0 } given ? given
        : Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host ? host
        : Find("dotnet", "/usr/share/dotnet", "/usr/lib/dotnet") ?? "dotnet";

    [DllImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint GetEffectiveUserId();
}
