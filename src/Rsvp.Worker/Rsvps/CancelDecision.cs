using Rsvp.Contracts;
using Rsvp.Hosting.Problems;
using Rsvp.Worker.Decisions;

namespace Rsvp.Worker.Rsvps;

/// <summary>A party gives its place back.</summary>
internal static class CancelDecision
{
    /// <param name="activity">The activity as the commands before this one left it.</param>
    /// <param name="existing">The party; null when there is none.</param>
    /// <param name="mates">The others that wait in its place.</param>
    /// <param name="cause">Why and by whom.</param>
    /// <param name="ifMatch">The precondition; null for none.</param>
    /// <param name="now">The database's clock.</param>
    public static Decision Decide(
        ActivityState activity, RsvpState? existing, IReadOnlyList<RsvpState> mates, DepartureCause cause, IfMatch? ifMatch, DateTimeOffset now)
    {
        if (existing is null) return Decision.Refuse(activity, ProblemCodes.RsvpNotFound);
        if (!Precondition.Holds(ifMatch, existing)) return Decision.Refuse(activity, ProblemCodes.VersionMismatch);
        if (!existing.IsActive) return Decision.Nothing(activity, existing);

        return Of(Departure.Step(activity, existing, mates, cause, now), existing, mates);
    }

    /// <summary>The decision that one departure makes.</summary>
    public static Decision Of(PartyStep departure, RsvpState party, IReadOnlyList<RsvpState> mates) => new()
    {
        Activity = departure.Activity,
        Log = [departure.Entry],
        TakenAlong = Departure.StayBehind(party, mates),
        Rsvp = departure.Rsvp,
        Changed = true,
    };
}
