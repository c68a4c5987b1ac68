using System.Diagnostics;

namespace Rsvp.Cli.Processes;

/// <summary>Runs a program to its end.</summary>
internal static class Shell
{
    /// <summary>Runs a program quietly. Its output goes to <paramref name="logFile"/> as well when there is one.</summary>
    internal static async Task<ShellResult> RunAsync(
        string fileName,
        IEnumerable<string> arguments,
        TimeSpan atMost,
        IReadOnlyDictionary<string, string>? environment = null,
        string? workingDirectory = null,
        string? logFile = null,
        Action<string>? onLine = null,
        CancellationToken cancellationToken = default)
    {
        var start = new ProcessStartInfo(fileName, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = workingDirectory ?? "",
        };
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;

        var lines = new List<string>();
        void Keep(string? line)
        {
            if (line is null) return;
            lock (lines)
            {
                lines.Add(line);
                onLine?.Invoke(line);
            }
        }

        using var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, e) => Keep(e.Data);
        process.ErrorDataReceived += (_, e) => Keep(e.Data);
        process.Start();
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(atMost);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancellationToken.ThrowIfCancellationRequested();
            Keep($"ended: took longer than {atMost.TotalSeconds:0} s");
            return Result(124);
        }

        return Result(process.ExitCode);

        ShellResult Result(int exitCode)
        {
            string output;
            lock (lines) output = string.Join('\n', lines);
            if (logFile is not null)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(logFile)!);
                File.WriteAllText(logFile, output + "\n");
            }

            return new ShellResult(exitCode, output);
        }
    }
}

/// <summary>How a program ended, and what it said on both streams.</summary>
internal sealed record ShellResult(int ExitCode, string Output)
{
    internal bool Ok => ExitCode == 0;
}
