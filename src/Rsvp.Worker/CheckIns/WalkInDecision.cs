using Rsvp.Hosting.Problems;
using Rsvp.Worker.Decisions;
using Rsvp.Worker.Rsvps;

namespace Rsvp.Worker.CheckIns;

/// <summary>Somebody came without asking before: confirmed and checked in at once, only if there is room and nobody waits.</summary>
internal static class WalkInDecision
{
    /// <param name="activity">The activity as the commands before this one left it.</param>
    /// <param name="existing">The user's RSVP; null when there never was one.</param>
    /// <param name="party">Who came, how many, and at whose word.</param>
    /// <param name="isHost">Whether that is a host or an admin.</param>
    /// <param name="isKnown">Whether there is such a user.</param>
    /// <param name="newId">The id of the RSVP if there is none yet.</param>
    /// <param name="now">The database's clock.</param>
    public static Decision Decide(ActivityState activity, RsvpState? existing, Asking party, bool isHost, bool isKnown, Guid newId, DateTimeOffset now)
    {
        if (!isHost) return Decision.Refuse(activity, ProblemCodes.NotHost);
        if (activity.CancelledAt is not null) return Decision.Refuse(activity, ProblemCodes.ActivityCancelled);
        if (!isKnown) return Decision.Refuse(activity, ProblemCodes.UserNotFound);
        if (existing is { IsActive: true }) return Decision.Refuse(activity, ProblemCodes.AlreadyRegistered, showsRsvp: existing);
        if (party.PartySize > activity.Settings.MaxPartySize) return Decision.Refuse(activity, ProblemCodes.PartyTooLarge);
        if (activity.SomebodyWaits || !activity.Fits(party.PartySize)) return Decision.Refuse(activity, ProblemCodes.NoRoom);

        var id = existing?.Id ?? newId;
        var place = new EntryPlace(id, id, GroupId: null, InLine: null, IsNewInLine: false) { CheckedInBy = party.Actor.UserId };
        var step = Entry.Step(activity, existing, party, place, Rules.WalkIn, now);
        return new Decision { Activity = step.Activity, Log = [step.Entry], Rsvp = step.Rsvp, Created = true, Changed = true };
    }
}
