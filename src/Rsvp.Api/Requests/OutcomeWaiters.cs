using Rsvp.Contracts;

namespace Rsvp.Api.Requests;

/// <summary>HTTP requests of this instance that wait for outcomes. Bounded by the connections there are: a waiter lives as long as its request.</summary>
internal sealed class OutcomeWaiters : IDisposable
{
    // When the service stops: long enough for what is under way to be decided, well inside the time a stop may take.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, OutcomeWaiter> _byRequest = [];
    private readonly CancellationTokenSource _over = new();
    private readonly CancellationTokenRegistration _stopping;

    public OutcomeWaiters(IHostApplicationLifetime lifetime)
    {
        _stopping = lifetime.ApplicationStopping.Register(() => _over.CancelAfter(Grace));
        _over.Token.Register(AbandonAll);
    }

    /// <summary>How many wait.</summary>
    internal int Count
    {
        get
        {
            lock (_lock)
            {
                return _byRequest.Count;
            }
        }
    }

    /// <summary>Begins to wait; the outcome is not missed from here on.</summary>
    internal OutcomeWaiter Add(Guid requestId)
    {
        var waiter = new OutcomeWaiter(this, requestId);
        lock (_lock)
        {
            // Several may wait for one request: a repeat with the same key, or a long poll.
            if (_byRequest.TryGetValue(requestId, out var first))
            {
                waiter.Next = first;
            }

            _byRequest[requestId] = waiter;
        }

        if (_over.IsCancellationRequested)
        {
            waiter.TrySetResult(null);
        }

        return waiter;
    }

    /// <summary>Tells everybody who waits for this outcome.</summary>
    internal void Complete(CommandOutcome outcome)
    {
        OutcomeWaiter? waiter;
        lock (_lock)
        {
            _byRequest.Remove(outcome.RequestId, out waiter);
        }

        for (; waiter is not null; waiter = waiter.Next)
        {
            waiter.TrySetResult(outcome);
        }
    }

    internal void Remove(OutcomeWaiter waiter)
    {
        lock (_lock)
        {
            if (!_byRequest.TryGetValue(waiter.RequestId, out var first))
            {
                return;
            }

            if (first != waiter)
            {
                Unlink(first, waiter);
            }
            else if (waiter.Next is null)
            {
                _byRequest.Remove(waiter.RequestId);
            }
            else
            {
                _byRequest[waiter.RequestId] = waiter.Next;
            }
        }
    }

    public void Dispose()
    {
        _stopping.Dispose();
        _over.Dispose();
    }

    private static void Unlink(OutcomeWaiter first, OutcomeWaiter waiter)
    {
        for (var previous = first; previous is not null; previous = previous.Next)
        {
            if (previous.Next == waiter)
            {
                previous.Next = waiter.Next;
                return;
            }
        }
    }

    private void AbandonAll()
    {
        OutcomeWaiter[] all;
        lock (_lock)
        {
            all = [.. _byRequest.Values];
        }

        foreach (var first in all)
        {
            for (var waiter = first; waiter is not null; waiter = waiter.Next)
            {
                waiter.TrySetResult(null);
            }
        }
    }
}

/// <summary>One HTTP request that waits for an outcome, or for null when there will be none or the service stops; dispose it when it no longer waits.</summary>
internal sealed class OutcomeWaiter(OutcomeWaiters waiters, Guid requestId)
    : TaskCompletionSource<CommandOutcome?>(TaskCreationOptions.RunContinuationsAsynchronously), IDisposable
{
    internal Guid RequestId { get; } = requestId;

    /// <summary>The next one who waits for the same request; guarded by the lock of the whole.</summary>
    internal OutcomeWaiter? Next { get; set; }

    /// <summary>Waits, but not longer than this.</summary>
    /// <returns>The outcome; null when time was up, or there is none to wait for.</returns>
    /// <exception cref="OperationCanceledException">The client is gone.</exception>
    internal async ValueTask<CommandOutcome?> WaitAsync(TimeSpan longest, TimeProvider time, CancellationToken aborted)
    {
        if (Task.IsCompletedSuccessfully || longest <= TimeSpan.Zero)
        {
            return Task.IsCompletedSuccessfully ? Task.Result : null;
        }

        try
        {
            return await Task.WaitAsync(longest, time, aborted);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    public void Dispose() => waiters.Remove(this);
}
