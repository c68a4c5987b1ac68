using Microsoft.Extensions.Options;
using Rsvp.Hosting.Problems;
using Rsvp.Notifier.Snapshots;

namespace Rsvp.Notifier.Watching;

/// <summary>The loops of all activities that anybody watches here.</summary>
internal sealed class ActivityLoops(
    SnapshotReader reader, IOptions<PushOptions> options, TimeProvider timeProvider, PushMetrics metrics, ILogger<ActivityLoop> logger) : IHostedService
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, ActivityLoop> _loops = [];
    private bool _isStopped;

    /// <summary>Begins a watch; the snapshot is sent before this completes, and returned.</summary>
    /// <param name="activityId">The activity that the target belongs to.</param>
    /// <param name="watcher">Who watches.</param>
    /// <param name="target">What.</param>
    /// <param name="cancellationToken">Ends the wait for the answer, not the watch.</param>
    /// <exception cref="WatchRefusal">There is no such thing, or not for this watcher, or the database is away.</exception>
    internal async Task<WatchSnapshot> JoinAsync(Guid activityId, Watcher watcher, WatchTarget target, CancellationToken cancellationToken)
    {
        var loop = Claim(activityId);
        var join = new Mail.Join(watcher, target);
        return await loop.PostAsync(join, CancellationToken.None)
            ? await join.Answer.Task.WaitAsync(cancellationToken)
            : throw new WatchRefusal(ProblemCodes.Unavailable);
    }

    /// <summary>The loop of an activity; null when nobody watches it.</summary>
    internal ActivityLoop? Find(Guid activityId)
    {
        lock (_gate)
        {
            return _loops.GetValueOrDefault(activityId);
        }
    }

    internal IReadOnlyList<ActivityLoop> All()
    {
        lock (_gate)
        {
            return [.. _loops.Values];
        }
    }

    /// <summary>A watch ended or was refused; with the last one the loop ends.</summary>
    internal void Release(ActivityLoop loop)
    {
        lock (_gate)
        {
            if (--loop.Claims == 0)
            {
                Remove(loop);
                loop.End();
            }
        }
    }

    /// <summary>The loop takes nothing any more.</summary>
    internal void Remove(ActivityLoop loop)
    {
        lock (_gate)
        {
            if (_loops.GetValueOrDefault(loop.ActivityId) == loop)
            {
                _loops.Remove(loop.ActivityId);
            }
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _isStopped = true;
            foreach (var loop in _loops.Values)
            {
                loop.Stop();
            }
        }

        return Task.CompletedTask;
    }

    private ActivityLoop Claim(Guid activityId)
    {
        lock (_gate)
        {
            if (_isStopped)
            {
                throw new WatchRefusal(ProblemCodes.Unavailable);
            }

            if (!_loops.TryGetValue(activityId, out var loop))
            {
                // The loop outlives the call that begins it, and is no part of that call's trace.
                using var _ = ExecutionContext.SuppressFlow();
                loop = new ActivityLoop(activityId, this, reader, options.Value, timeProvider, metrics, logger);
                _loops.Add(activityId, loop);
                Task.Run(loop.RunAsync);
            }

            loop.Claims++;
            return loop;
        }
    }
}
