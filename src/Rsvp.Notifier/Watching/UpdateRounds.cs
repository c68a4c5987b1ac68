using Rsvp.Contracts;

namespace Rsvp.Notifier.Watching;

/// <summary>Tells an activity's watchers what changed: statuses at once, counts in rounds, never more than the promised 10 a second of a kind.</summary>
internal sealed class UpdateRounds(ActivityView view, WatchBook book, PushOptions options, TimeProvider timeProvider, PushMetrics metrics)
{
    // One below the promise, so that a message that travels faster than the one before does not break it.
    private const int StatusesPerSecondMax = 9;

    // A message costs some 25 µs with everything behind it, most of it after the round. Twice that per watcher leaves most of a core to others:
    // 5,000 watchers are told at most four times a second.
    private static readonly TimeSpan PausePerWatcher = TimeSpan.FromMicroseconds(50);

    private static readonly TimeSpan StatusWindow = TimeSpan.FromSeconds(1);

    private readonly List<Watch> _served = [];
    private readonly PushTrace _countsTrace = new("counts");
    private readonly PushTrace _statusesTrace = new("status");
    private long _toldVersion;
    private int _changes;
    private DateTimeOffset? _oldestAt;
    private int _statuses;

    /// <summary>When the next round may be, on the loop's clock.</summary>
    internal TimeSpan NextRoundAt { get; private set; }

    internal bool HasCounts => view.Version > _toldVersion || book.CountsDue.Count > 0;

    internal bool HasStatuses => book.StatusDue.Count > 0;

    /// <summary>A change was taken that nobody was told of yet.</summary>
    internal void Changed(ActivityChanged change)
    {
        _changes++;
        _oldestAt = _oldestAt is { } oldest && oldest < change.At ? oldest : change.At;
        _countsTrace.Add(change.TraceParent, change.At);
    }

    /// <summary>Tells of the newest counts everybody who does not know them.</summary>
    internal void SendCounts(TimeSpan now, Func<TimeSpan> clock)
    {
        var messages = new Messages(view, timeProvider.GetUtcNow());
        if (view.Version > _toldVersion)
        {
            _toldVersion = view.Version;
            foreach (var watch in book.Watches)
            {
                if (watch.TakesCapacity && !SendCounts(watch, messages, now))
                {
                    book.CountsDue.Add(watch);
                }
            }
        }
        else
        {
            _served.AddRange(book.CountsDue.Where(watch => SendCounts(watch, messages, now)));
            book.CountsDue.ExceptWith(_served);
            _served.Clear();
        }

        metrics.CountsSent(messages.Sent, Math.Max(0, _changes - 1), messages.Sent > 0 ? timeProvider.GetUtcNow() - _oldestAt : null);
        _countsTrace.End(messages.Sent, timeProvider.GetUtcNow());
        _changes = 0;
        _oldestAt = null;
        NextRoundAt = now + Longest(options.UpdateInterval, book.Watches.Count * PausePerWatcher, 2 * (clock() - now));
    }

    /// <summary>Tells statuses that are due, as far as the bound allows.</summary>
    internal void SendStatuses(TimeSpan now)
    {
        var utcNow = timeProvider.GetUtcNow();
        _served.AddRange(book.StatusDue.Where(watch => SendStatuses(watch, now, utcNow)));
        book.StatusDue.ExceptWith(_served);
        _served.Clear();
        EndStatuses();
    }

    /// <summary>Tells a connection that has just come what there is.</summary>
    internal void SendSnapshot(Watch watch, TimeSpan now)
    {
        var utcNow = timeProvider.GetUtcNow();
        if (watch.TakesCapacity && SendCounts(watch, new Messages(view, utcNow), now))
        {
            book.CountsDue.Remove(watch);
        }

        if (SendStatuses(watch, now, utcNow))
        {
            book.StatusDue.Remove(watch);
        }

        EndStatuses();
    }

    private void EndStatuses()
    {
        _statusesTrace.End(_statuses, timeProvider.GetUtcNow());
        _statuses = 0;
    }

    private static TimeSpan Longest(params ReadOnlySpan<TimeSpan> spans)
    {
        var longest = TimeSpan.Zero;
        foreach (var span in spans)
        {
            longest = span > longest ? span : longest;
        }

        return longest;
    }

    /// <returns>Whether the watcher knows the newest counts now.</returns>
    private bool SendCounts(Watch watch, Messages messages, TimeSpan now)
    {
        if (now < watch.NotBefore)
        {
            return false;
        }

        if (watch.CapacityVersion < view.Version)
        {
            if (!watch.Watcher.TrySend(messages.Capacity))
            {
                return false;
            }

            watch.CapacityVersion = view.Version;
            watch.NotBefore = now + options.UpdateInterval;
        }

        if (watch.WatchesActivity && watch.WaitlistRevision < view.WaitlistRevision)
        {
            if (!watch.Watcher.TrySend(messages.Waitlist))
            {
                return false;
            }

            watch.WaitlistRevision = view.WaitlistRevision;
            watch.NotBefore = now + options.UpdateInterval;
        }

        return true;
    }

    /// <returns>Whether nothing is owed to the watcher now.</returns>
    private bool SendStatuses(Watch watch, TimeSpan now, DateTimeOffset utcNow)
    {
        while (watch.StatusTimes.TryPeek(out var oldest) && now - oldest >= StatusWindow)
        {
            watch.StatusTimes.Dequeue();
        }

        // Each of those that stand there now is looked at once; the suspended ones go to the back.
        for (var left = watch.Due.Count; left > 0; left--)
        {
            var link = watch.Due.Peek();
            if (link.IsLive && link.IsSuspended)
            {
                watch.Due.Enqueue(watch.Due.Dequeue());
                continue;
            }

            if (link.IsLive && link.Rsvp.IsComplete)
            {
                if (watch.StatusTimes.Count >= StatusesPerSecondMax || !watch.Watcher.TrySend(PushMessage.RsvpStatus(link.Rsvp.ToDocument(view.Version), utcNow)))
                {
                    return false;
                }

                watch.StatusTimes.Enqueue(now);
                metrics.StatusSent(utcNow - link.Rsvp.ChangedAt);
                _statuses++;
                _statusesTrace.Add(link.Rsvp.TraceParent, link.Rsvp.ChangedAt ?? utcNow);

                // Measured once; a position that changes later has no commit of its own.
                link.Rsvp.ChangedAt = null;
                link.Rsvp.TraceParent = null;
            }

            // One that is not complete comes back when its position is known.
            link.IsDue = false;
            watch.Due.Dequeue();
        }

        return watch.Due.Count == 0;
    }

    /// <summary>The messages of one round, made when the first needs them.</summary>
    private sealed class Messages(ActivityView view, DateTimeOffset now)
    {
        private PushMessage? _capacity;
        private PushMessage? _waitlist;

        public int Sent { get; private set; }

        public PushMessage Capacity
        {
            get
            {
                Sent++;
                return _capacity ??= PushMessage.Capacity(view.Capacity!, now);
            }
        }

        public PushMessage Waitlist
        {
            get
            {
                Sent++;
                return _waitlist ??= PushMessage.Waitlist(view.Waitlist, now);
            }
        }
    }
}
