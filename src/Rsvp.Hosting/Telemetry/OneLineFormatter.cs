using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Rsvp.Hosting.Telemetry;

/// <summary>Writes an entry as one line of plain text, whatever is in it: nobody can write a second line into a log, colour a terminal, or turn text round. The ids of the trace, if there is one, stand before the text.</summary>
/// <param name="timeProvider">Says when.</param>
internal sealed class OneLineFormatter(TimeProvider timeProvider) : ConsoleFormatter(FormatterName)
{
    internal const string FormatterName = "one-line";
    internal const string TimeFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        textWriter.Write(timeProvider.GetUtcNow().ToString(TimeFormat, CultureInfo.InvariantCulture));
        textWriter.Write(' ');
        textWriter.Write(Level(logEntry.LogLevel));
        textWriter.Write(": ");
        textWriter.Write(logEntry.Category);
        textWriter.Write('[');
        textWriter.Write(logEntry.EventId.Id.ToString(CultureInfo.InvariantCulture));
        textWriter.Write("] ");
        if (Activity.Current is { } span)
        {
            textWriter.Write($"TraceId:{span.TraceId.ToHexString()} SpanId:{span.SpanId.ToHexString()} ");
        }

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
