using Rsvp.Contracts;
using Rsvp.Worker.Decisions;
using Rsvp.Worker.Outbox;

namespace Rsvp.Worker.Partitions;

/// <summary>What others hear of a batch: one message per activity that changed, one per vacancy, and who is to be told what.</summary>
internal static class Events
{
    // A whole batch of single requests is one message of some 120 KB; what a chunk or a release decides at once may be several.
    private const int NotificationsMax = 512;

    public static IEnumerable<OutboxMessage> Of(WorkingSet state, IReadOnlyList<Guid> vacantActivities)
    {
        var rsvpsByActivity = state.ChangedRsvps.Values.ToLookup(rsvp => rsvp.ActivityId);
        var logByActivity = state.Log.ToLookup(row => row.ActivityId);
        foreach (var activityId in state.ChangedActivities.Union(state.HostsChanged))
        {
            var activity = state.Activities[activityId];
            var changed = new ActivityChanged
            {
                ActivityId = activityId,
                Version = activity.Version,
                At = state.Now,
                Capacity = OutcomeBuilder.Capacity(activity),
                WaitlistLength = activity.WaitlistedPlaces,
                HostsChanged = state.HostsChanged.Contains(activityId),
                Rsvps = [.. rsvpsByActivity[activityId].Where(HasNewVersion).Select(rsvp => new RsvpChanged
                {
                    RsvpId = rsvp.Id,
                    UserId = rsvp.UserId,
                    Status = OutcomeBuilder.StatusName(rsvp.Status),
                    OfferExpiresAt = rsvp.OfferExpiresAt,
                    RsvpVersion = rsvp.Version,
                })],
            };
            yield return Message(changed) with { Log = RowsOf(changed) };
        }

        foreach (var activityId in vacantActivities)
        {
            yield return Message(new VacancyOpened { ActivityId = activityId, Version = state.Activities[activityId].Version });
        }

        // Last, behind what promotion waits for.
        foreach (var log in logByActivity)
        {
            foreach (var chunk in log.Where(row => row.Entry.IsHeard).Chunk(NotificationsMax))
            {
                var issued = new NotificationsIssued
                {
                    ActivityId = log.Key,
                    At = state.Now,
                    Notifications = [.. chunk.Select(row => Notification(row.LogId, row.Entry, row.Entry.After!))],
                };
                yield return Message(issued) with { Log = (chunk[0].Entry.Seq, chunk[^1].Entry.Seq) };
            }
        }

        // None when it tells of more than the log does.
        (long First, long Last)? RowsOf(ActivityChanged changed)
        {
            var (first, last) = (long.MaxValue, long.MinValue);
            var logged = new HashSet<Guid>();
            foreach (var (_, _, _, entry) in logByActivity[changed.ActivityId])
            {
                (first, last) = (Math.Min(first, entry.Seq), Math.Max(last, entry.Seq));
                if (entry.After is { } after) logged.Add(after.Id);
            }

            return first <= last && changed.Rsvps.All(rsvp => logged.Contains(rsvp.RsvpId)) ? (first, last) : null;
        }

        // Who was only taken along by a group, or reminded, is told nothing new.
        bool HasNewVersion(RsvpState rsvp) => state.LoadedRsvps.GetValueOrDefault(rsvp.Id)?.Version != rsvp.Version;

        OutboxMessage Message(object message) => new(Guid.CreateVersion7(state.Now), message);
    }

    private static Notification Notification(Guid logId, LogEntry entry, RsvpState rsvp) => new()
    {
        NotificationId = logId,
        UserId = entry.UserId,
        RsvpId = rsvp.Id,
        Kind = entry.Action,
        Status = OutcomeBuilder.StatusName(rsvp.Status),
        PartySize = entry.Spots,
        OfferExpiresAt = rsvp.OfferExpiresAt,
    };
}
