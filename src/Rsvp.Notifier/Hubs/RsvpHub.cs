using Microsoft.AspNetCore.SignalR;
using Rsvp.Hosting.Problems;
using Rsvp.Notifier.Snapshots;
using Rsvp.Notifier.Watching;

namespace Rsvp.Notifier.Hubs;

/// <summary>What clients call. Each watch returns, and sends, the present state first; it ends with the connection.</summary>
internal sealed class RsvpHub(ActivityLoops loops, SnapshotReader reader) : Hub
{
    private HubWatcher Watcher => HubWatcher.Of(Context);

    /// <summary>Capacity, the length of the line, and the caller's own RSVP from now on.</summary>
    /// <exception cref="WatchRefusal"><c>activity_not_found</c>, <c>too_many_watches</c>, <c>user_deleted</c> or <c>unavailable</c>.</exception>
    public async Task<ActivitySnapshot> WatchActivity(Guid id) =>
        (await WatchAsync(id, WatchTarget.Activity(id))).Activity!;

    public Task UnwatchActivity(Guid id)
    {
        Watcher.LoopOf(id)?.Leave(Watcher, WatchTarget.Activity(id));
        Watcher.Remove(WatchTarget.Activity(id));
        return Task.CompletedTask;
    }

    /// <summary>The status of an RSVP from now on; for its owner and its activity's hosts.</summary>
    /// <exception cref="WatchRefusal"><c>rsvp_not_found</c> (also when it is not the caller's to see), or as for an activity.</exception>
    public async Task<RsvpStatusDocument> WatchRsvp(Guid id)
    {
        var activityId = await reader.FindActivityAsync(id, Context.ConnectionAborted) ?? throw new WatchRefusal(ProblemCodes.RsvpNotFound);
        return (await WatchAsync(activityId, WatchTarget.Rsvp(id))).Rsvp!;
    }

    public async Task UnwatchRsvp(Guid id)
    {
        if (await reader.FindActivityAsync(id, Context.ConnectionAborted) is { } activityId)
        {
            Watcher.LoopOf(activityId)?.Leave(Watcher, WatchTarget.Rsvp(id));
        }

        Watcher.Remove(WatchTarget.Rsvp(id));
    }

    private async Task<WatchSnapshot> WatchAsync(Guid activityId, WatchTarget target)
    {
        if (!Watcher.TryAdd(target))
        {
            throw new WatchRefusal(ProblemCodes.TooManyWatches);
        }

        try
        {
            return await loops.JoinAsync(activityId, Watcher, target, Context.ConnectionAborted);
        }
        catch (WatchRefusal)
        {
            Watcher.Remove(target);
            throw;
        }
    }
}
