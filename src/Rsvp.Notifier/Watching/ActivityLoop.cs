using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Rsvp.Contracts;
using Rsvp.Hosting.Problems;
using Rsvp.Notifier.Snapshots;

namespace Rsvp.Notifier.Watching;

/// <summary>One watched activity: takes what happens from its mailbox, one thing after another, and tells the watchers.</summary>
/// <remarks>Begins with the first watcher and ends with the last. It never waits for a client, and reads the database beside its mailbox.</remarks>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "RunAsync disposes of them at the end of the loop.")]
internal sealed partial class ActivityLoop
{
    // Mail that may wait. The loop never waits itself, so this many means that the process has no time at all; then the bus waits too.
    private const int MailMax = 1_024;

    // Mail taken before looking at what is due.
    private const int MailPerTurnMax = 256;

    // Between two attempts at a read that fails.
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    private readonly Channel<Mail> _mail = Channel.CreateBounded<Mail>(new BoundedChannelOptions(MailMax) { SingleReader = true });
    private readonly ActivityLoops _owner;
    private readonly SnapshotReader _reader;
    private readonly PushOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly PushMetrics _metrics;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _ending = new();
    private readonly ITimer _timer;
    private readonly long _startedAt;
    private readonly ActivityView _view;
    private readonly WatchBook _book;
    private readonly UpdateRounds _rounds;

    // What the next read is for.
    private readonly List<Mail.Join> _joins = [];
    private bool _resyncDue;
    private bool _hostsDue;
    private bool _hasUnplaced;
    private long _placedVersion;

    // The read under way, and what came meanwhile.
    private ReadInWork? _reading;
    private readonly List<ActivityChanged> _sinceRead = [];
    private TimeSpan _nextReadAt;
    private TimeSpan _nextPositionsAt;

    internal ActivityLoop(
        Guid activityId, ActivityLoops owner, SnapshotReader reader, PushOptions options, TimeProvider timeProvider, PushMetrics metrics, ILogger logger)
    {
        ActivityId = activityId;
        _owner = owner;
        _reader = reader;
        _options = options;
        _timeProvider = timeProvider;
        _metrics = metrics;
        _logger = logger;
        _startedAt = timeProvider.GetTimestamp();
        _timer = timeProvider.CreateTimer(_ => _mail.Writer.TryWrite(Mail.Tick.Instance), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _view = new ActivityView(activityId);
        _book = new WatchBook(_view);
        _rounds = new UpdateRounds(_view, _book, options, timeProvider, metrics);
    }

    internal Guid ActivityId { get; }

    /// <summary>Watches, and joins on their way; guarded by the owner. The loop ends at 0.</summary>
    internal int Claims { get; set; }

    private TimeSpan Now => _timeProvider.GetElapsedTime(_startedAt);

    /// <summary>Puts something into the mailbox; waits while it is full.</summary>
    /// <returns>False when the loop has ended.</returns>
    internal async ValueTask<bool> PostAsync(Mail mail, CancellationToken cancellationToken)
    {
        if (_mail.Writer.TryWrite(mail))
        {
            return true;
        }

        try
        {
            await _mail.Writer.WriteAsync(mail, cancellationToken);
            return true;
        }
        catch (ChannelClosedException)
        {
            return false;
        }
    }

    /// <summary>A connection ended, or watches one thing less.</summary>
    internal void Leave(Watcher watcher, WatchTarget? target = null) =>
        _ = PostAsync(new Mail.Leave(watcher, target), CancellationToken.None).AsTask();

    /// <summary>Nobody watches any more.</summary>
    internal void End() => _mail.Writer.TryComplete();

    /// <summary>The service stops.</summary>
    internal void Stop() => _ending.Cancel();

    internal async Task RunAsync()
    {
        _metrics.ActivityAdded();
        try
        {
            while (await _mail.Reader.WaitToReadAsync(_ending.Token))
            {
                for (var taken = 0; taken < MailPerTurnMax && _mail.Reader.TryRead(out var mail); taken++)
                {
                    Handle(mail);
                }

                Advance();
            }
        }
        catch (OperationCanceledException) when (_ending.IsCancellationRequested)
        {
            // Connections are closed by whoever opened them.
        }
#pragma warning disable CA1031 // A defect ends this activity's watches only: the clients connect again and begin with a snapshot.
        catch (Exception error)
#pragma warning restore CA1031
        {
            LogFailed(error, ActivityId);
            foreach (var watch in _book.Watches)
            {
                watch.Watcher.Abort();
            }
        }
        finally
        {
            await CleanUpAsync();
        }
    }

    private void Handle(Mail mail)
    {
        switch (mail)
        {
            case Mail.Changed changed:
                if (_reading is not null)
                {
                    _sinceRead.Add(changed.Change);
                }

                Apply(changed.Change);
                break;
            case Mail.Join join:
                _joins.Add(join);
                break;
            case Mail.Leave leave:
                Remove(leave);
                break;
            case Mail.Read read:
                FinishRead(read);
                break;
            case Mail.Resync resync:
                _resyncDue |= resync.Version is not { } version || version > _view.SeenVersion;
                _hostsDue |= _resyncDue;
                break;
            case Mail.Tick:
                break;
        }
    }

    private void Apply(ActivityChanged change)
    {
        if (_view.Apply(change))
        {
            _rounds.Changed(change);
        }

        foreach (var changed in change.Rsvps)
        {
            if (_book.FindOrAdopt(changed.RsvpId, changed.UserId) is { } rsvp && _view.Apply(rsvp, changed, change.At))
            {
                rsvp.TraceParent = change.TraceParent;
                Tell(rsvp);
            }
        }

        if (change.HostsChanged)
        {
            // Told nothing until it is known who is a host now.
            _hostsDue = true;
            foreach (var link in _book.HostLinks)
            {
                link.IsSuspended = true;
            }
        }
    }

    private void Tell(RsvpView rsvp)
    {
        if (rsvp.IsComplete)
        {
            _book.MarkDue(rsvp);
        }
        else
        {
            _hasUnplaced = true;
        }
    }

    private void Remove(Mail.Leave leave)
    {
        if (!_book.TryFind(leave.Watcher, out var watch))
        {
            return;
        }

        switch (leave.Target)
        {
            case null:
                Remove(watch);
                return;
            case { Kind: WatchKind.Activity }:
                _book.StopActivity(watch);
                break;
            case { Kind: WatchKind.Capacity }:
                WatchBook.StopCapacity(watch);
                break;
            case { Kind: WatchKind.Rsvp, Id: var rsvpId } when watch.Links.TryGetValue(rsvpId, out var link):
                link.IsNamed = false;
                if (!watch.WatchesActivity || link.Rsvp.UserId != watch.Watcher.UserId)
                {
                    _book.Unlink(link);
                }

                break;
        }

        if (watch.IsEmpty)
        {
            Remove(watch);
        }
    }

    private void Remove(Watch watch)
    {
        _book.Remove(watch);
        watch.Watcher.Detach(this);
        _metrics.WatcherRemoved();
        _owner.Release(this);
    }

    /// <summary>Begins what is due and sets the timer for what is due later.</summary>
    private void Advance()
    {
        var now = Now;
        if (_reading is null)
        {
            TryRead(now);
        }

        if (_rounds.HasStatuses)
        {
            _rounds.SendStatuses(now);
        }

        if (_rounds.HasCounts && now >= _rounds.NextRoundAt)
        {
            _rounds.SendCounts(now, () => Now);
        }

        if (NextDueAt(now) is { } dueAt)
        {
            var wait = dueAt - Now;
            _timer.Change(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }

    private TimeSpan? NextDueAt(TimeSpan now)
    {
        TimeSpan? dueAt = null;
        if (_rounds.HasCounts)
        {
            Earlier(_rounds.NextRoundAt);
        }

        if (_rounds.HasStatuses)
        {
            Earlier(now + _options.UpdateInterval);
        }

        if (_reading is null)
        {
            if (_resyncDue || _hostsDue || _joins.Count > 0)
            {
                Earlier(_nextReadAt);
            }

            if (ArePositionsDue || _view.HasGap)
            {
                Earlier(_nextReadAt > _nextPositionsAt ? _nextReadAt : _nextPositionsAt);
            }
        }

        return dueAt;

        void Earlier(TimeSpan at) => dueAt = dueAt < at ? dueAt : at;
    }

    private async Task CleanUpAsync()
    {
        _owner.Remove(this);
        _mail.Writer.TryComplete();
        await _ending.CancelAsync();
        await _timer.DisposeAsync();
        _ending.Dispose();
        while (_mail.Reader.TryRead(out var mail))
        {
            if (mail is Mail.Join join)
            {
                _joins.Add(join);
            }
        }

        foreach (var join in _joins.Concat(_reading?.Joins ?? []))
        {
            join.Answer.TrySetException(new WatchRefusal(ProblemCodes.Unavailable));
        }

        foreach (var watch in _book.Watches)
        {
            watch.Watcher.Detach(this);
            _metrics.WatcherRemoved();
        }

        _metrics.ActivityRemoved();
    }

    [LoggerMessage(5101, LogLevel.Error, "The loop of activity {ActivityId} ended by a defect; its watchers connect again")]
    private partial void LogFailed(Exception error, Guid activityId);

    [LoggerMessage(5102, LogLevel.Warning, "Activity {ActivityId} could not be read: {Reason}")]
    private partial void LogReadFailed(Guid activityId, string reason);
}
