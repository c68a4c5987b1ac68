using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Rsvp.Notifier.Tests.Worlds;

/// <summary>Keeps every line that is logged.</summary>
internal sealed class TestLog : ILoggerProvider
{
    private readonly ConcurrentQueue<(int EventId, string Text)> _lines = new();

    internal IEnumerable<string> Lines => _lines.Select(line => line.Text);

    internal int Count(int eventId) => _lines.Count(line => line.EventId == eventId);

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose()
    {
    }

    private sealed class Logger(TestLog log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            log._lines.Enqueue((eventId.Id, $"{logLevel} {category}: {formatter(state, exception)} {exception}"));
    }
}
