using Rsvp.Contracts;
using Rsvp.Hosting.Problems;
using Rsvp.Worker.Decisions;

namespace Rsvp.Worker.Rsvps;

/// <summary>A party gives its place back.</summary>
internal static class CancelDecision
{
    /// <param name="activity">The activity as the commands before this one left it.</param>
    /// <param name="existing">The party; null when there is none.</param>
    /// <param name="command">The cancellation.</param>
    /// <param name="ifMatch">The precondition; null for none.</param>
    /// <param name="now">The database's clock.</param>
    public static Decision Decide(
        ActivityState activity, RsvpState? existing, CancelRsvp command, IfMatch? ifMatch, DateTimeOffset now)
    {
        if (existing is null) return Decision.Refuse(activity, ProblemCodes.RsvpNotFound);
        if (!Precondition.Holds(ifMatch, existing)) return Decision.Refuse(activity, ProblemCodes.VersionMismatch);
        if (!existing.IsActive) return Decision.Nothing(activity, existing);

        var seq = activity.LogSeq + 1;
        var rsvp = existing with
        {
            Status = RsvpStatus.Cancelled,
            Place = null,
            OfferExpiresAt = null,
            OverrideSpots = 0,
            CheckedInAt = null,
            CheckedInBy = null,
            Version = existing.Version + 1,
            UpdatedAt = now,
        };
        var entry = new LogEntry
        {
            Seq = seq,
            Action = LogActions.Cancelled,
            Rule = Rules.Cancel,
            UserId = existing.UserId,
            Before = existing,
            After = rsvp,
            Spots = existing.PartySize,
            SpotsAffected = -existing.SeatsTaken,
            FreeBefore = activity.Free,
            LineKey = existing.Place?.LineKey,
            Reason = command.Reason,
            Actor = Actor.Self(existing.UserId),
        };
        return new Decision
        {
            Activity = activity.Recount(existing, rsvp, placesChange: existing.Place is null ? 0 : -1) with { LogSeq = seq },
            Log = [entry],
            Rsvp = rsvp,
            Changed = true,
        };
    }
}
