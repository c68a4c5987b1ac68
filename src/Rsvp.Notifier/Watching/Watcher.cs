namespace Rsvp.Notifier.Watching;

/// <summary>One connection that is told things. It is never waited for: what it does not take in time is merged, and who takes nothing is dropped.</summary>
/// <remarks>Safe for many activities' loops at once; messages of one loop arrive in the order in which it sent them.</remarks>
internal abstract class Watcher(Guid userId, bool isAdmin, PushOptions options, TimeProvider timeProvider, PushMetrics metrics)
{
    // Messages that may wait behind the transport's own buffer; a few, so that loops that write at the same moment do not take each other for slow clients.
    private const int WaitingMax = 16;

    private readonly Lock _gate = new();
    private readonly HashSet<ActivityLoop> _loops = [];
    private readonly HashSet<WatchTarget> _targets = [];
    private int _waiting;
    private long _progressAt;
    private bool _isClosed;

    internal Guid UserId { get; } = userId;

    internal bool IsAdmin { get; } = isAdmin;

    /// <summary>True once the connection ended: nothing reaches it any more.</summary>
    internal bool IsClosed => Volatile.Read(ref _isClosed);

    /// <summary>Writes without waiting.</summary>
    /// <returns>False when the client has too much to take already: ask again later, with what is newest then.</returns>
    internal bool TrySend(PushMessage message)
    {
        if (IsClosed)
        {
            return true;
        }

        if (Volatile.Read(ref _waiting) > 0)
        {
            if (IsStuck())
            {
                metrics.Dropped();
                Close();
                Abort();
                return true;
            }

            if (Volatile.Read(ref _waiting) >= WaitingMax)
            {
                return false;
            }
        }

        var write = WriteAsync(message);
        if (!write.IsCompletedSuccessfully)
        {
            lock (_gate)
            {
                _progressAt = _waiting++ == 0 ? timeProvider.GetTimestamp() : _progressAt;
            }

            _ = FinishAsync(write);
        }

        return true;
    }

    /// <summary>Remembers what is watched, up to the limit.</summary>
    /// <returns>False when the connection watches as much as it may, or has ended.</returns>
    internal bool TryAdd(WatchTarget target)
    {
        lock (_gate)
        {
            return !_isClosed && (_targets.Contains(target) || (_targets.Count < options.WatchesMax && _targets.Add(target)));
        }
    }

    internal void Remove(WatchTarget target)
    {
        lock (_gate)
        {
            _targets.Remove(target);
        }
    }

    /// <summary>Called by a loop that begins to tell this connection things.</summary>
    /// <returns>False when the connection has ended.</returns>
    internal bool TryAttach(ActivityLoop loop)
    {
        lock (_gate)
        {
            return !_isClosed && (_loops.Add(loop) || _loops.Contains(loop));
        }
    }

    internal void Detach(ActivityLoop loop)
    {
        lock (_gate)
        {
            _loops.Remove(loop);
        }
    }

    /// <summary>The loop that tells this connection about an activity; null when none does.</summary>
    internal ActivityLoop? LoopOf(Guid activityId)
    {
        lock (_gate)
        {
            return _loops.FirstOrDefault(loop => loop.ActivityId == activityId);
        }
    }

    /// <summary>The connection ended: every loop forgets it.</summary>
    internal void Close()
    {
        ActivityLoop[] loops;
        lock (_gate)
        {
            Volatile.Write(ref _isClosed, true);
            loops = [.. _loops];
            _loops.Clear();
            _targets.Clear();
        }

        foreach (var loop in loops)
        {
            loop.Leave(this);
        }
    }

    /// <summary>The right to watch an RSVP ended, because its activity's hosts changed.</summary>
    internal virtual void Revoke(Guid rsvpId) => Remove(WatchTarget.Rsvp(rsvpId));

    /// <summary>The right to be connected ended: nothing more is told, and the connection ends.</summary>
    /// <param name="code">Why, where the connection has a way to say so.</param>
    internal virtual void End(string code)
    {
        Close();
        Abort();
    }

    /// <summary>Ends the connection at once, whatever waits for it.</summary>
    internal abstract void Abort();

    /// <summary>Completes when the transport has taken the message; writes are in the order of the calls.</summary>
    protected abstract ValueTask WriteAsync(PushMessage message);

    private bool IsStuck()
    {
        lock (_gate)
        {
            return _waiting > 0 && timeProvider.GetElapsedTime(_progressAt) > options.SendTimeout;
        }
    }

    private async Task FinishAsync(ValueTask write)
    {
        try
        {
            await write;
        }
#pragma warning disable CA1031 // Whatever broke, the connection is of no use any more; its own loop finds out and cleans up.
        catch (Exception) when (!IsClosed)
#pragma warning restore CA1031
        {
            Abort();
        }
        catch (Exception)
        {
            // It ended while this was on its way.
        }

        lock (_gate)
        {
            _progressAt = timeProvider.GetTimestamp();
            _waiting--;
        }
    }
}
