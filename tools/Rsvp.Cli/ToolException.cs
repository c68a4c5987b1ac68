namespace Rsvp.Cli;

/// <summary>A failure that a person can act on: shown as its message, and the tail of a log if one explains it, without a stack trace.</summary>
internal class ToolException(string message, string? logFile = null) : Exception(message)
{
    private const int TailLinesMax = 40;

    /// <summary>The log whose last lines explain the failure.</summary>
    internal string? LogFile { get; } = logFile;

    internal IEnumerable<string> Tail()
    {
        if (LogFile is null || !File.Exists(LogFile)) return [];

        return File.ReadLines(LogFile).TakeLast(TailLinesMax);
    }
}
