using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Rsvp.Cli.Processes;

/// <summary>One process that we started. The start time tells it from a later process that was given the same id.</summary>
internal sealed record ProcessRef(string Name, int Pid, long StartedAt)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>Captures a process that runs now, or null when it is gone.</summary>
    internal static ProcessRef? Capture(string name, int pid) =>
        ReadStart(pid) is { } startedAt ? new ProcessRef(name, pid, startedAt) : null;

    internal bool IsAlive => ReadStart(Pid) == StartedAt;

    /// <summary>Sends a signal, but only to the process that was captured.</summary>
    internal void Send(Signal signal)
    {
        if (IsAlive) _ = NativeMethods.Kill(Pid, (int)signal);
    }

    internal async Task<bool> WaitForExitAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        while (IsAlive)
        {
            if (clock.Elapsed > atMost) return false;
            await Task.Delay(PollInterval, cancellationToken);
        }

        return true;
    }

    /// <summary>Asks politely, waits, then insists. Returns false when the process had to be killed.</summary>
    internal async Task<bool> StopAsync(Signal polite, TimeSpan patience, CancellationToken cancellationToken)
    {
        Send(polite);
        if (await WaitForExitAsync(patience, cancellationToken)) return true;

        Send(Signal.Kill);
        await WaitForExitAsync(TimeSpan.FromSeconds(5), cancellationToken);
        return false;
    }

    /// <summary>Start time in the platform's own unit; null when there is no such process or only its remains.</summary>
    private static long? ReadStart(int pid)
    {
        if (OperatingSystem.IsLinux())
        {
            try
            {
                // "pid (name with spaces) state ppid … starttime …": fields are counted from the last parenthesis.
                string stat = File.ReadAllText($"/proc/{pid}/stat");
                string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');

                // Threads that a killed process still has hold its ports.
                bool isGone = fields[0] is "X" || (fields[0] is "Z" && int.Parse(fields[17]) <= 1);
                return isGone ? null : long.Parse(fields[19]);
            }
            catch (IOException)
            {
                return null;
            }
            catch (UnauthorizedAccessException)
            {
                return null;
            }
        }

        try
        {
            using var process = Process.GetProcessById(pid);
            return process.HasExited ? null : process.StartTime.Ticks;
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }

    private static class NativeMethods
    {
        [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        internal static extern int Kill(int pid, int signal);
    }
}

/// <summary>POSIX signals by number.</summary>
internal enum Signal
{
    Interrupt = 2,
    Quit = 3,
    Kill = 9,
    Terminate = 15,
    Continue = 18,
    Stop = 19,
}
