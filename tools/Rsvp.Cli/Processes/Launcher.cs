using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Rsvp.Cli.Processes;

/// <summary>What to start, and where its output goes.</summary>
internal sealed record LaunchSpec
{
    internal required string Name { get; init; }
    internal required string FileName { get; init; }
    internal IReadOnlyList<string> Arguments { get; init; } = [];
    internal IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();
    internal required string WorkingDirectory { get; init; }
    internal required string LogFile { get; init; }

    /// <summary>Ports that it will listen on; starting is refused when another program has one.</summary>
    internal IReadOnlyList<int> Ports { get; init; } = [];
}

/// <summary>Starts processes that outlive this tool: in a session of their own, with their output in a file.</summary>
internal static class Launcher
{
    private const long LogBytesMax = 32 * 1024 * 1024;

    // The shell only redirects and then becomes the process, so the id stays; descriptors a caller left open are not inherited.
    private const string Redirect = "log=$1; shift; exec \"$@\" >>\"$log\" 2>&1 </dev/null 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-";

    internal static ProcessRef Start(LaunchSpec spec)
    {
        foreach (int port in spec.Ports) RequireFree(port, spec.Name);
        RotateLog(spec.LogFile);
        var start = new ProcessStartInfo { WorkingDirectory = spec.WorkingDirectory, UseShellExecute = false };
        string[] shell = ["/bin/sh", "-c", Redirect, "sh", spec.LogFile];
        string[] command = Executables.Find("setsid") is { } setsid ? [setsid, .. shell] : shell;
        start.FileName = command[0];
        foreach (string argument in command.Skip(1)) start.ArgumentList.Add(argument);
        start.ArgumentList.Add(spec.FileName);
        foreach (string argument in spec.Arguments) start.ArgumentList.Add(argument);
        foreach ((string name, string value) in spec.Environment) start.Environment[name] = value;
        start.Environment.Remove("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS");

        using Process process = Process.Start(start) ?? throw new InvalidOperationException($"{spec.Name} did not start");
        return ProcessRef.Capture(spec.Name, process.Id)
            ?? throw new ToolException($"{spec.Name} ended at once", spec.LogFile);
    }

    private static void RequireFree(int port, string name)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
        }
        catch (SocketException)
        {
            throw new ToolException($"{name} needs port {port}, which another program has: stop that, or set RSVP_PORT_BASE to another first port");
        }
    }

    private static void RotateLog(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (File.Exists(path) && new FileInfo(path).Length > LogBytesMax) File.Move(path, path + ".1", overwrite: true);
    }
}
