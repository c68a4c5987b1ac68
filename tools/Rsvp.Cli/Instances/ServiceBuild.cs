using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Rsvp.Cli.Processes;

namespace Rsvp.Cli.Instances;

/// <summary>
/// Builds the services and copies them into the instance, into a folder named after their sources: a later build never overwrites what
/// a running process has open.
/// </summary>
internal static class ServiceBuild
{
    private static readonly string[] Projects = ["Rsvp.Api", "Rsvp.Notifier", "Rsvp.Worker"];

    /// <summary>Makes sure that the current sources are built; returns the folder name under <see cref="RsvpHome.Applications"/>.</summary>
    internal static async Task<string> EnsureAsync(RsvpHome home, bool build, Action<string> say, CancellationToken cancellationToken)
    {
        string fingerprint = Fingerprint(home);
        string target = Path.Combine(home.Applications, fingerprint);
        if (Directory.Exists(target)) return fingerprint;

        if (build)
        {
            say("building the services ...");
            string log = home.LogOf("build");
            ShellResult result = await Shell.RunAsync(
                Executables.Dotnet,
                ["build", home.InRoot("tools", "Rsvp.Cli", "services.slnf"), "-c", "Release", "-v", "q", "--nologo"],
                TimeSpan.FromMinutes(10),
                logFile: log,
                cancellationToken: cancellationToken);
            if (!result.Ok) throw new ToolException("the services do not build", log);
        }

        string draft = target + ".new";
        if (Directory.Exists(draft)) Directory.Delete(draft, recursive: true);
        foreach (string project in Projects)
        {
            string source = home.InRoot("src", project, "bin", "Release", "net10.0");
            if (!File.Exists(Path.Combine(source, project + ".dll"))) throw new ToolException($"{project} is not built: dotnet build -c Release");
            CopyFolder(source, Path.Combine(draft, project));
        }

        Directory.Move(draft, target);
        return fingerprint;
    }

    /// <summary>Removes copies that no process runs any more.</summary>
    internal static void RemoveUnused(RsvpHome home, IReadOnlyCollection<string> used)
    {
        if (!Directory.Exists(home.Applications)) return;

        foreach (string folder in Directory.GetDirectories(home.Applications).Where(folder => !used.Contains(Path.GetFileName(folder))))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Names, sizes and times of every source that the services are built from.</summary>
    private static string Fingerprint(RsvpHome home)
    {
        var skipped = new HashSet<string>(StringComparer.Ordinal) { "bin", "obj" };
        var pending = new Stack<DirectoryInfo>([new DirectoryInfo(home.InRoot("src"))]);
        var files = new List<FileInfo>(new DirectoryInfo(home.Root).GetFiles("Directory.*.props")) { new(home.InRoot("global.json")) };
        while (pending.TryPop(out DirectoryInfo? folder))
        {
            files.AddRange(folder.GetFiles());
            foreach (DirectoryInfo child in folder.GetDirectories().Where(child => !skipped.Contains(child.Name))) pending.Push(child);
        }

        IEnumerable<string> lines = files
            .OrderBy(file => file.FullName, StringComparer.Ordinal)
            .Select(file => string.Create(CultureInfo.InvariantCulture, $"{file.FullName} {file.Length} {file.LastWriteTimeUtc.Ticks}"));
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', lines)));
        return Convert.ToHexStringLower(hash)[..16];
    }

    private static void CopyFolder(string source, string target)
    {
        Directory.CreateDirectory(target);
        foreach (string file in Directory.GetFiles(source)) File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
        foreach (string folder in Directory.GetDirectories(source)) CopyFolder(folder, Path.Combine(target, Path.GetFileName(folder)));
    }
}
