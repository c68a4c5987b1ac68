using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Options;

namespace Rsvp.Api.Views;

/// <summary>Notes who looked at which activity on which UTC day, in memory; <see cref="ViewFlusher"/> writes it.</summary>
internal sealed class ViewCounter
{
    private readonly ConcurrentDictionary<ActivityView, byte> _pending = new();
    private readonly TimeProvider _time;
    private readonly int _pendingMax;
    private readonly Counter<long> _dropped;

    // Beside the dictionary, whose own count locks all of it.
    private int _count;

    public ViewCounter(TimeProvider time, IOptions<ViewOptions> options, IMeterFactory meters)
    {
        _time = time;
        _pendingMax = options.Value.PendingMax;
        _dropped = meters.Create("Rsvp").CreateCounter<long>("rsvp.api.views.dropped", "{view}", "Views that were not counted because too many waited to be written.");
        _dropped.Add(0);
    }

    /// <summary>Notes a view; a second one of the day changes nothing.</summary>
    internal void Note(Guid activityId, Guid userId) =>
        Note(new ActivityView(activityId, userId, DateOnly.FromDateTime(_time.GetUtcNow().UtcDateTime)));

    /// <summary>Notes a view, new or not written after all.</summary>
    internal void Note(ActivityView view)
    {
        if (_pending.ContainsKey(view))
        {
            return;
        }

        if (Interlocked.Increment(ref _count) > _pendingMax)
        {
            Interlocked.Decrement(ref _count);
            _dropped.Add(1);
        }
        else if (!_pending.TryAdd(view, 0))
        {
            Interlocked.Decrement(ref _count);
        }
    }

    /// <summary>Takes out what waits to be written.</summary>
    /// <param name="viewsMax">At most so many.</param>
    internal IReadOnlyList<ActivityView> Take(int viewsMax)
    {
        var taken = new List<ActivityView>();
        foreach (var (view, _) in _pending)
        {
            if (taken.Count == viewsMax)
            {
                break;
            }

            if (_pending.TryRemove(view, out _))
            {
                Interlocked.Decrement(ref _count);
                taken.Add(view);
            }
        }

        return taken;
    }
}

/// <summary>Somebody looked at an activity.</summary>
/// <param name="ActivityId">The activity; it exists.</param>
/// <param name="UserId">Who looked.</param>
/// <param name="Day">The UTC day.</param>
internal readonly record struct ActivityView(Guid ActivityId, Guid UserId, DateOnly Day);
