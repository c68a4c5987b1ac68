using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Rsvp.Worker.Tests.Partitions;

/// <summary>A log that counts its events, so that a test can wait for one, and keeps their exceptions.</summary>
internal sealed class EventCounter<T> : ILogger<T>
{
    private readonly ConcurrentDictionary<int, int> _counts = new();

    public ConcurrentQueue<Exception> Exceptions { get; } = [];

    public int Count(int eventId) => _counts.GetValueOrDefault(eventId);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        _counts.AddOrUpdate(eventId.Id, 1, (_, count) => count + 1);
        if (exception is not null)
        {
            Exceptions.Enqueue(exception);
        }
    }
}
