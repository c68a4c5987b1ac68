using Npgsql;
using Rsvp.Hosting.Problems;
using Rsvp.Notifier.Snapshots;

namespace Rsvp.Notifier.Watching;

/// <content>Reading the database: one read at a time, for everybody who wants something from it.</content>
internal sealed partial class ActivityLoop
{
    private bool ArePositionsDue => _view.Waiting.Count > 0 && (_hasUnplaced || _view.Version > _placedVersion);

    private void TryRead(TimeSpan now)
    {
        if (now < _nextReadAt)
        {
            return;
        }

        var isPaced = now >= _nextPositionsAt;
        var isResync = _resyncDue || (_view.HasGap && isPaced);
        var isPositions = isResync || (ArePositionsDue && isPaced);
        // A read for newcomers has the positions of everybody when nobody else is in line.
        var isEverybody = isPositions || _view.Waiting.Count == 0;
        var isHosts = isResync || _hostsDue;
        if (!isPositions && !isHosts && _joins.Count == 0)
        {
            return;
        }

        var watched = isResync ? _view.Rsvps.Keys : isPositions ? _view.Waiting.Select(rsvp => rsvp.RsvpId) : [];
        var read = new ActivityRead
        {
            ActivityId = ActivityId,
            RsvpIds = [.. watched, .. Joining(WatchKind.Rsvp).Select(join => join.Target.Id)],
            OwnerIds = [.. isResync ? _book.OwnerIds : [], .. Joining(WatchKind.Activity).Select(join => join.Watcher.UserId)],
            UserIds = [.. _joins.Select(join => join.Watcher.UserId).Concat(isHosts ? _book.HostLinks.Select(link => link.Watch.Watcher.UserId) : []).Distinct()],
        };
        _reading = new ReadInWork([.. _joins], isEverybody, isResync, isHosts);
        _joins.Clear();
        if (isPositions)
        {
            _hasUnplaced = false;
            _nextPositionsAt = now + _options.PositionInterval;
        }

        if (isResync)
        {
            _resyncDue = false;
            _view.ForgetGap();
            _metrics.Resynchronised();
        }

        _hostsDue &= !isHosts;
        _ = ReadAsync(read);

        IEnumerable<Mail.Join> Joining(WatchKind kind) => _joins.Where(join => join.Target.Kind == kind);
    }

    private async Task ReadAsync(ActivityRead read)
    {
        Mail.Read result;
        try
        {
            result = new Mail.Read(await _reader.ReadAsync(read, _ending.Token), null);
        }
        catch (OperationCanceledException) when (_ending.IsCancellationRequested)
        {
            return;
        }
#pragma warning disable CA1031 // Whatever the reason, those who wait for the read are told and it is tried again.
        catch (Exception error)
#pragma warning restore CA1031
        {
            result = new Mail.Read(null, error);
        }

        await PostAsync(result, CancellationToken.None);
    }

    private void FinishRead(Mail.Read read)
    {
        var work = _reading!;
        _reading = null;
        if (read.Error is { } error)
        {
            LogReadFailed(ActivityId, error is NpgsqlException ? error.Message : error.GetType().Name);
            _nextReadAt = Now + RetryInterval;
            _resyncDue |= work.IsResync;
            _hostsDue |= work.IsHosts;
            _hasUnplaced |= work.IsPositions;
            Refuse(work.Joins, ProblemCodes.Unavailable);
        }
        else if (read.State is { } state)
        {
            Take(state, work);
        }
        else
        {
            Refuse(work.Joins, ProblemCodes.ActivityNotFound);
        }

        // What came during the read may concern RSVPs that are watched only since.
        foreach (var change in _sinceRead)
        {
            Apply(change);
        }

        _sinceRead.Clear();
    }

    private void Take(ActivityState state, ReadInWork work)
    {
        _view.Apply(state, work.IsResync);
        if (work.IsPositions)
        {
            _placedVersion = Math.Max(_placedVersion, state.Capacity.Version);
        }

        if (work.IsHosts && !_hostsDue)
        {
            CheckHosts(state.HostIds);
        }

        // One RSVP per user and activity.
        var byRsvp = state.Rsvps.ToDictionary(rsvp => rsvp.RsvpId);
        var byOwner = state.Rsvps.ToDictionary(rsvp => rsvp.UserId);
        foreach (var rsvp in state.Rsvps)
        {
            // A watcher's own RSVP may have been made while nobody told of it.
            if (_book.FindOrAdopt(rsvp.RsvpId, rsvp.UserId) is { } watched && _view.Apply(watched, rsvp))
            {
                Tell(watched);
            }
        }

        foreach (var join in work.Joins)
        {
            Finish(join, state, join.Target.Kind switch
            {
                WatchKind.Activity => byOwner.GetValueOrDefault(join.Watcher.UserId),
                WatchKind.Rsvp => byRsvp.GetValueOrDefault(join.Target.Id),
                _ => null,
            });
        }
    }

    private void CheckHosts(IReadOnlySet<Guid> hostIds)
    {
        foreach (var link in _book.HostLinks.ToList())
        {
            link.IsSuspended = false;
            if (!hostIds.Contains(link.Watch.Watcher.UserId))
            {
                _book.Unlink(link);
                link.Watch.Watcher.Revoke(link.Rsvp.RsvpId);
                if (link.Watch.IsEmpty)
                {
                    Remove(link.Watch);
                }
            }
        }
    }

    private void Finish(Mail.Join join, ActivityState state, RsvpState? rsvp)
    {
        var userId = join.Watcher.UserId;
        var mayWatch = join.Target.Kind != WatchKind.Rsvp
            || (rsvp is not null && (rsvp.UserId == userId || join.Watcher.IsAdmin || state.HostIds.Contains(userId)));
        if (state.DeletedIds.Contains(userId))
        {
            Refuse([join], ProblemCodes.UserDeleted);
        }
        else if (!mayWatch)
        {
            Refuse([join], ProblemCodes.RsvpNotFound);
        }
        else if (!join.Watcher.TryAttach(this))
        {
            // The connection ended meanwhile; nobody listens to the answer.
            Refuse([join], ProblemCodes.Unavailable);
        }
        else
        {
            Admit(join, rsvp);
        }
    }

    private void Admit(Mail.Join join, RsvpState? state)
    {
        if (_book.TryFind(join.Watcher, out var watch))
        {
            _owner.Release(this);
        }
        else
        {
            watch = _book.Add(join.Watcher);
            _metrics.WatcherAdded();
        }

        RsvpView? rsvp = null;
        if (state is not null)
        {
            rsvp = _view.Track(state.RsvpId, state.UserId);
            _view.Apply(rsvp, state);
            var link = WatchBook.Link(watch, rsvp);
            link.IsNamed |= join.Target.Kind == WatchKind.Rsvp;
            _book.MarkDue(link);
            _hasUnplaced |= !rsvp.IsComplete;
        }

        switch (join.Target.Kind)
        {
            case WatchKind.Activity:
                _book.StartActivity(watch);
                break;
            case WatchKind.Capacity:
                _book.StartCapacity(watch);
                break;
        }

        _rounds.SendSnapshot(watch, Now);
        var document = rsvp?.ToDocument(_view.Version);
        join.Answer.TrySetResult(new WatchSnapshot(
            join.Target.Kind == WatchKind.Rsvp ? null : ActivitySnapshot.Of(_view.Capacity!, _view.WaitlistLength, document),
            document));
    }

    private void Refuse(IEnumerable<Mail.Join> joins, string code)
    {
        foreach (var join in joins)
        {
            join.Answer.TrySetException(new WatchRefusal(code));
            _owner.Release(this);
        }
    }

    /// <summary>What the read under way is for.</summary>
    private sealed record ReadInWork(IReadOnlyList<Mail.Join> Joins, bool IsPositions, bool IsResync, bool IsHosts);
}
