using Rsvp.Cli.Instances;
using Rsvp.Cli.Observing;
using Rsvp.Cli.Processes;

namespace Rsvp.Testing;

/// <summary>Tests rules of Prometheus with its own tool; Debian's package is installed when it is missing.</summary>
public static class Promtool
{
    private static readonly TimeSpan AtMost = TimeSpan.FromMinutes(3);
    private static readonly SemaphoreSlim Installing = new(1);

    /// <summary>Runs the unit tests of the rules.</summary>
    /// <param name="rules">Text of the rules to test.</param>
    /// <returns>Whether all passed, and what the tool printed.</returns>
    public static async Task<(bool Passed, string Output)> TestAsync(string rules)
    {
        // The tests name their rules by a relative path.
        var folder = Directory.CreateTempSubdirectory("rsvp-rules-").FullName;
        try
        {
            var tests = Directory.CreateDirectory(Path.Combine(folder, "tests")).FullName;
            await File.WriteAllTextAsync(Path.Combine(folder, "rules.yml"), rules);
            foreach (var test in Directory.GetFiles(Repository.PathOf("infra", "prometheus", "tests")))
            {
                File.Copy(test, Path.Combine(tests, Path.GetFileName(test)));
            }

            var result = await Shell.RunAsync(await FindAsync(), ["test", "rules", .. Directory.GetFiles(tests)], AtMost);
            return (result.Ok, result.Output);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<string> FindAsync()
    {
        await Installing.WaitAsync();
        try
        {
            var home = new RsvpHome(TestServers.Home, RsvpHome.FindRoot());
            return await LocalPrometheus.FindAsync(home, Console.WriteLine, "promtool", CancellationToken.None);
        }
        finally
        {
            Installing.Release();
        }
    }
}
