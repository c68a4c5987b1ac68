using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Rsvp.Hosting.ServiceDefaults;

/// <summary>Writes an entry as one line of plain text, whatever is in it: nobody can write a second line into a log, colour a terminal, or turn text round.</summary>
/// <param name="timeProvider">Says when.</param>
internal sealed class OneLineFormatter(TimeProvider timeProvider) : ConsoleFormatter(FormatterName)
{
    internal const string FormatterName = "one-line";

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        textWriter.Write(timeProvider.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss.fffZ ", CultureInfo.InvariantCulture));
        textWriter.Write(Level(logEntry.LogLevel));
        textWriter.Write(": ");
        textWriter.Write(logEntry.Category);
        textWriter.Write('[');
        textWriter.Write(logEntry.EventId.Id.ToString(CultureInfo.InvariantCulture));
        textWriter.Write("] ");
        WriteClean(textWriter, logEntry.Formatter(logEntry.State, logEntry.Exception));
        if (logEntry.Exception is not null)
        {
            textWriter.Write(' ');
            WriteClean(textWriter, logEntry.Exception.ToString());
        }

        textWriter.Write('\n');
    }

    private static void WriteClean(TextWriter writer, string text)
    {
        foreach (var character in text)
        {
            writer.Write(IsPlain(character) ? character : ' ');
        }
    }

    // Format characters are the marks that turn text round, and those that nobody sees.
    private static bool IsPlain(char character) => char.GetUnicodeCategory(character)
        is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);

    private static string Level(LogLevel level) => level switch
    {
        LogLevel.Trace => "trce",
        LogLevel.Debug => "dbug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "fail",
        _ => "crit",
    };
}
