using Rsvp.Hosting.Problems;
using Rsvp.Worker.Decisions;

namespace Rsvp.Worker.Hosts;

/// <summary>Who is a host of an activity is decided in its partition, so that a host who was removed decides nothing afterwards.</summary>
internal static class HostDecisions
{
    /// <param name="activity">The activity as the commands before this one left it.</param>
    /// <param name="caller">Who asks, and whether that is a host or an admin.</param>
    /// <param name="userId">The new host.</param>
    /// <param name="isKnown">Whether there is such a user.</param>
    /// <param name="hosts">The hosts now.</param>
    public static Decision Add(ActivityState activity, (Guid Id, bool IsHost) caller, Guid userId, bool isKnown, IReadOnlySet<Guid> hosts)
    {
        if (!caller.IsHost) return Decision.Refuse(activity, ProblemCodes.NotHost);
        if (hosts.Contains(userId)) return Decision.Nothing(activity, null);
        if (!isKnown) return Decision.Refuse(activity, ProblemCodes.UserNotFound);

        return Of(activity, LogActions.HostAdded, userId, caller.Id);
    }

    /// <param name="activity">The activity as the commands before this one left it.</param>
    /// <param name="caller">Who asks, and whether that is a host or an admin.</param>
    /// <param name="userId">Who is to be one no more.</param>
    /// <param name="hosts">The hosts now.</param>
    public static Decision Remove(ActivityState activity, (Guid Id, bool IsHost) caller, Guid userId, IReadOnlySet<Guid> hosts)
    {
        if (!caller.IsHost) return Decision.Refuse(activity, ProblemCodes.NotHost);
        if (!hosts.Contains(userId)) return Decision.Nothing(activity, null);
        if (hosts.Count == 1) return Decision.Refuse(activity, ProblemCodes.LastHost);

        return Of(activity, LogActions.HostRemoved, userId, caller.Id);
    }

    private static Decision Of(ActivityState activity, string action, Guid userId, Guid callerId)
    {
        var entry = new LogEntry
        {
            Seq = activity.LogSeq + 1,
            Action = action,
            Rule = Rules.Hosts,
            UserId = userId,
            Spots = 0,
            FreeBefore = activity.Free,
            Actor = Actor.Host(callerId),
        };
        return new Decision { Activity = activity with { LogSeq = entry.Seq }, Log = [entry] };
    }
}
