using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Rsvp.Cli.Instances;
using Rsvp.EndToEnd.Tests.Systems;

namespace Rsvp.EndToEnd.Tests.Tour;

/// <summary>Runs the shell blocks of a page as one script, as a reader would who pastes them one after the other.</summary>
internal static partial class PageRun
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(4);

    /// <param name="system">The system that the page talks about.</param>
    /// <param name="page">Its path from the top of the repository.</param>
    /// <param name="from">Text before the first block that is run; null for the whole page.</param>
    /// <returns>What was printed, by a script in which every command succeeded.</returns>
    internal static async Task<string> RunAsync(SystemFixture system, string page, string? from = null)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(RsvpHome.FindRoot(), page));
        text = from is null ? text : text[text.IndexOf(from, StringComparison.Ordinal)..];
        var script = string.Join('\n', ShellBlock().Matches(text).Select(block => block.Groups[1].Value))
            .Replace("http://127.0.0.1:8080", system.Run.ApiUrl, StringComparison.Ordinal);

        var (exitCode, output) = await RunAsync(system, "set -euo pipefail\n" + script);

        Assert.True(exitCode == 0, output);
        return output;
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(SystemFixture system, string script)
    {
        var start = new ProcessStartInfo("bash")
        {
            ArgumentList = { "-c", script },
            WorkingDirectory = RsvpHome.FindRoot(),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["RSVP_HOME"] = system.Instance.Home.Path;
        start.Environment["RSVP_PORT_BASE"] = new Uri(system.Run.ApiUrl).Port.ToString(null, null);
        using var process = Process.Start(start)!;
        var output = new StringBuilder();
        process.OutputDataReceived += (_, line) => Append(line.Data);
        process.ErrorDataReceived += (_, line) => Append(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var deadline = new CancellationTokenSource(Deadline);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            Append("The page did not end in time.");
            return (-1, output.ToString());
        }

        return (process.ExitCode, output.ToString());

        void Append(string? line)
        {
            lock (output)
            {
                output.AppendLine(line);
            }
        }
    }

    [GeneratedRegex("```sh\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex ShellBlock();
}
