using System.Diagnostics.CodeAnalysis;

namespace Rsvp.Notifier.Watching;

/// <summary>Who watches what of one activity. Used by its loop alone.</summary>
internal sealed class WatchBook(ActivityView view)
{
    private readonly Dictionary<Watcher, Watch> _watches = [];
    private readonly Dictionary<Guid, List<Watch>> _byOwner = [];

    internal IReadOnlyCollection<Watch> Watches => _watches.Values;

    /// <summary>Users who watch the activity and are told of their own RSVP, when they have one.</summary>
    internal IReadOnlyCollection<Guid> OwnerIds => _byOwner.Keys;

    /// <summary>Watches that are owed a status.</summary>
    internal HashSet<Watch> StatusDue { get; } = [];

    /// <summary>Watches that were not told of the newest counts yet.</summary>
    internal HashSet<Watch> CountsDue { get; } = [];

    internal IEnumerable<WatchLink> HostLinks => _watches.Values.SelectMany(watch => watch.Links.Values).Where(link => link.NeedsHost);

    internal bool TryFind(Watcher watcher, [NotNullWhen(true)] out Watch? watch) => _watches.TryGetValue(watcher, out watch);

    internal Watch Add(Watcher watcher)
    {
        var watch = new Watch(watcher);
        _watches.Add(watcher, watch);
        return watch;
    }

    internal void Remove(Watch watch)
    {
        foreach (var link in watch.Links.Values.ToList())
        {
            Unlink(link);
        }

        StopActivity(watch);
        StopCapacity(watch);
        StatusDue.Remove(watch);
        CountsDue.Remove(watch);
        _watches.Remove(watch.Watcher);
    }

    internal void StartActivity(Watch watch)
    {
        if (!watch.WatchesActivity)
        {
            watch.WatchesActivity = true;
            if (!_byOwner.TryGetValue(watch.Watcher.UserId, out var watches))
            {
                _byOwner.Add(watch.Watcher.UserId, watches = []);
            }

            watches.Add(watch);
        }

        // Watching again is asking for a snapshot again.
        watch.CapacityVersion = 0;
        watch.WaitlistRevision = 0;
        CountsDue.Add(watch);
    }

    internal void StopActivity(Watch watch)
    {
        if (!watch.WatchesActivity)
        {
            return;
        }

        watch.WatchesActivity = false;
        var watches = _byOwner[watch.Watcher.UserId];
        watches.Remove(watch);
        if (watches.Count == 0)
        {
            _byOwner.Remove(watch.Watcher.UserId);
        }

        foreach (var link in watch.Links.Values.Where(link => !link.IsNamed).ToList())
        {
            Unlink(link);
        }
    }

    internal void StartCapacity(Watch watch)
    {
        watch.WatchesCapacity = true;
        watch.CapacityVersion = 0;
        CountsDue.Add(watch);
    }

    internal static void StopCapacity(Watch watch) => watch.WatchesCapacity = false;

    /// <summary>The RSVP if it is watched, or if its owner watches the activity; it is watched from then on.</summary>
    internal RsvpView? FindOrAdopt(Guid rsvpId, Guid userId)
    {
        if (_byOwner.TryGetValue(userId, out var watches))
        {
            var own = view.Track(rsvpId, userId);
            foreach (var watch in watches)
            {
                Link(watch, own);
            }

            return own;
        }

        return view.Rsvps.GetValueOrDefault(rsvpId);
    }

    internal static WatchLink Link(Watch watch, RsvpView rsvp)
    {
        if (!watch.Links.TryGetValue(rsvp.RsvpId, out var link))
        {
            link = new WatchLink(watch, rsvp);
            watch.Links.Add(rsvp.RsvpId, link);
            rsvp.Links.Add(link);
        }

        return link;
    }

    internal void Unlink(WatchLink link)
    {
        link.IsLive = false;
        link.Watch.Links.Remove(link.Rsvp.RsvpId);
        link.Rsvp.Links.Remove(link);
        if (link.Rsvp.Links.Count == 0)
        {
            view.Forget(link.Rsvp);
        }
    }

    internal void MarkDue(RsvpView rsvp)
    {
        foreach (var link in rsvp.Links)
        {
            MarkDue(link);
        }
    }

    internal void MarkDue(WatchLink link)
    {
        if (!link.IsDue)
        {
            link.IsDue = true;
            link.Watch.Due.Enqueue(link);
            StatusDue.Add(link.Watch);
        }
    }
}
