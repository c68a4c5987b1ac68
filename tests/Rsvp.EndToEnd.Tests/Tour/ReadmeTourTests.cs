using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Rsvp.Cli.Instances;
using Rsvp.EndToEnd.Tests.Systems;

namespace Rsvp.EndToEnd.Tests.Tour;

/// <summary>Runs the README's tour as a reader would paste it.</summary>
[Collection(SystemCollection.Name)]
public sealed partial class ReadmeTourTests(SystemFixture system)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(4);

    [Fact]
    public async Task The_tour_in_the_README_works_as_written()
    {
        var readme = await File.ReadAllTextAsync(Path.Combine(RsvpHome.FindRoot(), "README.md"));
        var tour = readme[readme.IndexOf("<!-- tour:", StringComparison.Ordinal)..];
        var script = string.Join('\n', ShellBlock().Matches(tour).Select(block => block.Groups[1].Value))
            .Replace("http://127.0.0.1:8080", system.Run.ApiUrl, StringComparison.Ordinal);

        var (exitCode, output) = await RunAsync("set -euo pipefail\n" + script);

        Assert.True(exitCode == 0, output);
        Assert.Contains("\"status\":\"confirmed\"", output, StringComparison.Ordinal);
        Assert.Contains("\"waitlistPosition\":1", output, StringComparison.Ordinal);
        Assert.Contains("(Chess night)", output, StringComparison.Ordinal);
        Assert.Contains("No violation", output, StringComparison.Ordinal);
        await system.AssertAuditIsCleanAsync();
    }

    private async Task<(int ExitCode, string Output)> RunAsync(string script)
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
            Append("The tour did not end in time.");
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
