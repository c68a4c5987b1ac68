using Rsvp.Hosting.Problems;
using Rsvp.Worker.Decisions;

namespace Rsvp.Worker.CheckIns;

/// <summary>A host notes that a party has come, by whole party; and takes that back.</summary>
internal static class CheckInDecision
{
    /// <param name="activity">The activity as the commands before this one left it.</param>
    /// <param name="existing">The party; null when there is none.</param>
    /// <param name="caller">Who asks, and whether that is a host or an admin.</param>
    /// <param name="now">The database's clock.</param>
    public static Decision CheckIn(ActivityState activity, RsvpState? existing, (Guid Id, bool IsHost) caller, DateTimeOffset now)
    {
        if (!caller.IsHost) return Decision.Refuse(activity, ProblemCodes.NotHost);
        if (existing is null) return Decision.Refuse(activity, ProblemCodes.RsvpNotFound);
        if (existing.Status != RsvpStatus.Confirmed) return Decision.Refuse(activity, ProblemCodes.NotConfirmed);

        // The second scan says when and by whom the first was.
        if (existing.CheckedInAt is not null) return Decision.Refuse(activity, ProblemCodes.AlreadyCheckedIn, showsRsvp: existing);

        return Of(activity, existing, existing with { CheckedInAt = now, CheckedInBy = caller.Id }, LogActions.CheckedIn, caller.Id, now);
    }

    /// <inheritdoc cref="CheckIn"/>
    public static Decision Undo(ActivityState activity, RsvpState? existing, (Guid Id, bool IsHost) caller, DateTimeOffset now)
    {
        if (!caller.IsHost) return Decision.Refuse(activity, ProblemCodes.NotHost);
        if (existing is null) return Decision.Refuse(activity, ProblemCodes.RsvpNotFound);
        if (existing.CheckedInAt is null) return Decision.Refuse(activity, ProblemCodes.NotCheckedIn);

        return Of(activity, existing, existing with { CheckedInAt = null, CheckedInBy = null }, LogActions.CheckInUndone, caller.Id, now);
    }

    private static Decision Of(ActivityState activity, RsvpState before, RsvpState after, string action, Guid hostId, DateTimeOffset now)
    {
        var seq = activity.LogSeq + 1;
        var rsvp = after with { Version = before.Version + 1, UpdatedAt = now };
        var entry = new LogEntry
        {
            Seq = seq,
            Action = action,
            Rule = Rules.Host,
            UserId = before.UserId,
            Before = before,
            After = rsvp,
            Spots = rsvp.PartySize,
            FreeBefore = activity.Free,
            Actor = Actor.Host(hostId),
        };
        return new Decision
        {
            Activity = activity.Recount(before, rsvp, placesChange: 0) with { LogSeq = seq },
            Log = [entry],
            Rsvp = rsvp,
            Changed = true,
        };
    }
}
