using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Rsvp.Worker.Tests.Telemetry;

/// <summary>A log that keeps the trace during which each event was said.</summary>
internal sealed class TraceIdLog<T> : ILogger<T>
{
    private readonly ConcurrentDictionary<int, string?> _traceIds = new();

    public string? TraceIdOf(int eventId) => _traceIds[eventId];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _traceIds[eventId.Id] = Activity.Current?.TraceId.ToHexString();
}
