using System.CommandLine;

namespace Rsvp.Cli.Instances;

/// <summary><c>./rsvp logs</c>: the last lines of each log, and those that come.</summary>
internal static class LogsCommand
{
    private const int LinesMax = 50;
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(250);

    internal static Command Create()
    {
        var name = new Argument<string?>("name") { Description = "one process, such as worker-1", Arity = ArgumentArity.ZeroOrOne };
        var follow = new Option<bool>("--follow", "-f") { Description = "keep printing until Ctrl-C" };
        var command = new Command("logs", "Show what the processes say.") { name, follow };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetValue(name), parsed.GetValue(follow), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string? name, bool follow, CancellationToken cancellationToken)
    {
        var home = RsvpHome.FromEnvironment();
        string[] files = Directory.Exists(home.Logs) ? [.. Directory.GetFiles(home.Logs, (name ?? "*") + ".log").Order(StringComparer.Ordinal)] : [];
        if (files.Length == 0) throw new ToolException(name is null ? "there are no logs yet" : $"there is no log of {name} in {home.Logs}");

        var positions = new Dictionary<string, long>();
        foreach (string file in files)
        {
            positions[file] = new FileInfo(file).Length;
            foreach (string line in File.ReadLines(file).TakeLast(LinesMax)) Print(file, line, files.Length);
        }

        try
        {
            while (follow)
            {
                await Task.Delay(PollInterval, cancellationToken);
                foreach (string file in files) positions[file] = PrintNew(file, positions[file], files.Length);
            }
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C is how following ends.
        }

        return 0;
    }

    private static long PrintNew(string file, long from, int fileCount)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (stream.Length <= from) return Math.Min(stream.Length, from);

        stream.Position = from;
        using var reader = new StreamReader(stream);
        string text = reader.ReadToEnd();
        int end = text.LastIndexOf('\n');
        if (end < 0) return from;

        foreach (string line in text[..end].Split('\n')) Print(file, line, fileCount);
        return from + System.Text.Encoding.UTF8.GetByteCount(text.AsSpan(0, end + 1));
    }

    private static void Print(string file, string line, int fileCount) =>
        Console.WriteLine(fileCount == 1 ? line : $"{Path.GetFileNameWithoutExtension(file),-11} {line}");
}
