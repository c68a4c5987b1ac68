using System.Diagnostics;
using System.Text;
using Rsvp.Cli.Instances;
using Rsvp.Cli.Processes;
using Rsvp.Testing;

namespace Rsvp.EndToEnd.Tests.Systems;

/// <summary>The tool as a script runs it: a process without a terminal, about the shared system.</summary>
internal sealed class ToolProcess : IAsyncDisposable
{
    private readonly StringBuilder _output = new();
    private readonly Process _process;

    internal ToolProcess(SystemFixture system, IEnumerable<string> arguments, string? failPoint = null)
    {
        var start = new ProcessStartInfo(Path.Combine(RsvpHome.FindRoot(), "rsvp"), arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["RSVP_HOME"] = system.Home.Path;
        start.Environment["RSVP_PORT_BASE"] = new Uri(system.Run.ApiUrl).Port.ToString(null, null);
        start.Environment["RSVP_FAILPOINT"] = failPoint;
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Append(line.Data);
        _process.ErrorDataReceived += (_, line) => Append(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Everything it has printed so far, on both streams.</summary>
    internal string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        TestContext.Current.TestOutputHelper?.WriteLine(Output);
        _process.Dispose();
    }

    internal Task PrintsAsync(string text) => Eventually.HoldsAsync(
        () => Output.Contains(text, StringComparison.Ordinal) || (_process.HasExited ? throw new InvalidOperationException($"It ended: {Output}") : false),
        $"\"{text}\" is printed");

    /// <summary>Waits for its end.</summary>
    /// <returns>The exit status.</returns>
    internal async Task<int> EndsAsync()
    {
        await Eventually.EndsAsync(EndAsync(), "the tool ended");
        return _process.ExitCode;

        async Task<bool> EndAsync()
        {
            await _process.WaitForExitAsync();
            return true;
        }
    }

    /// <summary>Ends it as Ctrl-C does, but by the signal that nobody who runs tests in the background has it ignore.</summary>
    /// <returns>The exit status.</returns>
    internal Task<int> TerminateAsync()
    {
        ProcessRef.Capture("tool", _process.Id)?.Send(Signal.Terminate);
        return EndsAsync();
    }

    private void Append(string? line)
    {
        lock (_output)
        {
            _output.AppendLine(line);
        }
    }
}
