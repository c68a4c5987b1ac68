using Rsvp.Client.Requests;

namespace Rsvp.Client.Watching;

/// <summary>The newest state of one activity, and who wants to know of it.</summary>
internal sealed class WatchedActivity
{
    private readonly Lock _lock = new();
    private readonly List<Watcher> _watchers = [];
    private ActivityState _state = new() { IsConnected = true };
    private long _lineVersion;

    /// <param name="onLeft">Called when the watcher leaves.</param>
    internal Watcher Add(Action<Watcher> onLeft)
    {
        lock (_lock)
        {
            var watcher = new Watcher(onLeft);
            _watchers.Add(watcher);
            if (_state.Counts is not null)
            {
                watcher.Tell(_state);
            }

            return watcher;
        }
    }

    internal void Connected(bool isConnected) => Change(state => state.IsConnected == isConnected ? null : state with { IsConnected = isConnected });

    internal void Apply(ActivityCounts counts) => Change(state => state.Counts?.Version >= counts.Version ? null : state with { Counts = counts });

    internal void Apply(LineLength line) => Change(state =>
    {
        if (line.Version < _lineVersion || (line.Version == _lineVersion && state.WaitlistLength == line.Length))
        {
            return null;
        }

        _lineVersion = line.Version;
        return state with { WaitlistLength = line.Length };
    });

    internal void Apply(PlaceStatus status) => Change(state => state.Own?.Version > status.Version || state.Own == status ? null : state with { Own = status });

    private void Change(Func<ActivityState, ActivityState?> change)
    {
        lock (_lock)
        {
            if (change(_state) is not { } next)
            {
                return;
            }

            _state = next;
            foreach (var watcher in _watchers)
            {
                watcher.Tell(next);
            }
        }
    }

    /// <inheritdoc cref="Watcher.End"/>
    internal void End(RsvpException? failure)
    {
        lock (_lock)
        {
            foreach (var watcher in _watchers)
            {
                watcher.End(failure);
            }
        }
    }

    /// <returns>How many are left.</returns>
    internal int Remove(Watcher watcher)
    {
        lock (_lock)
        {
            _watchers.Remove(watcher);
            return _watchers.Count;
        }
    }
}
