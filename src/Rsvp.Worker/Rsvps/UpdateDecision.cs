using Rsvp.Contracts;
using Rsvp.Hosting.Problems;
using Rsvp.Worker.Decisions;

namespace Rsvp.Worker.Rsvps;

/// <summary>A party changes its guests or its requirements.</summary>
internal static class UpdateDecision
{
    /// <param name="activity">The activity as the commands before this one left it.</param>
    /// <param name="existing">The party; null when there is none.</param>
    /// <param name="mates">The others that wait in its place: a waiting group shrinks, and goes to the back, as one.</param>
    /// <param name="command">What is to change.</param>
    /// <param name="ifMatch">The precondition; null for none.</param>
    /// <param name="now">The database's clock.</param>
    public static Decision Decide(
        ActivityState activity, RsvpState? existing, IReadOnlyList<RsvpState> mates, UpdateRsvp command, IfMatch? ifMatch, DateTimeOffset now)
    {
        if (existing is null) return Refuse(ProblemCodes.RsvpNotFound);
        if (!Precondition.Holds(ifMatch, existing)) return Refuse(ProblemCodes.VersionMismatch);
        if (!existing.IsActive) return Refuse(ProblemCodes.RsvpNotFound);
        if (activity.CancelledAt is not null) return Refuse(ProblemCodes.ActivityCancelled);

        var guestCount = command.GuestCount ?? existing.GuestCount;
        var requirements = command.SetsSpecialRequirements ? command.SpecialRequirements : existing.SpecialRequirements;
        var growth = guestCount - existing.GuestCount;
        if (growth == 0 && requirements == existing.SpecialRequirements) return Decision.Nothing(activity, existing);
        if (growth > 0 && RefusesGrowth(activity, existing, growth, now) is string code) return Refuse(code);

        var seq = activity.LogSeq + 1;
        var movesToBack = growth > 0 && existing.Status == RsvpStatus.Waitlisted;
        var place = movesToBack ? new LinePlace(activity.NextLineKey, seq, existing.Place!.Spots + growth)
            : existing.Place is LinePlace kept ? kept with { Spots = kept.Spots + growth }
            : null;
        var rsvp = existing with
        {
            GuestCount = guestCount,
            SpecialRequirements = requirements,
            Place = place,
            OverrideSpots = Math.Min(existing.OverrideSpots, guestCount + 1),
            Version = existing.Version + 1,
            UpdatedAt = now,
        };
        var after = activity.Recount(existing, rsvp, placesChange: 0) with
        {
            LogSeq = seq,
            NextLineKey = activity.NextLineKey + (movesToBack ? ActivityState.LineStep : 0),
        };
        var entry = new LogEntry
        {
            Seq = seq,
            Action = movesToBack ? LogActions.MovedToBack : LogActions.Updated,
            Rule = movesToBack ? Rules.GrowthToBack : growth > 0 ? Rules.Growth : growth < 0 ? Rules.Shrink : Rules.Requirements,
            UserId = existing.UserId,
            Before = existing,
            After = rsvp,
            Spots = rsvp.PartySize,
            SpotsAffected = rsvp.SeatsTaken - existing.SeatsTaken,
            FreeBefore = activity.Free,
            LineKey = rsvp.Place?.LineKey,
            Actor = Actor.Self(existing.UserId),
        };
        return new Decision
        {
            Activity = after,
            Log = [entry],
            TakenAlong = growth == 0 ? [] : [.. mates.Select(mate => mate with { Place = place })],
            Rsvp = rsvp,
            Changed = true,
        };

        Decision Refuse(string code) => Decision.Refuse(activity, code);
    }

    private static string? RefusesGrowth(ActivityState activity, RsvpState existing, int growth, DateTimeOffset now)
    {
        if (Registration.Refusal(activity, now) is string closed) return closed;
        if (existing.PartySize + growth > activity.Settings.MaxPartySize) return ProblemCodes.PartyTooLarge;

        return existing.Status switch
        {
            RsvpStatus.Waitlisted => null,
            RsvpStatus.Confirmed when !activity.SomebodyWaits && activity.Fits(growth) => null,
            _ => ProblemCodes.NotEnoughCapacity,
        };
    }
}
