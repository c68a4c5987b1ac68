using Rsvp.Worker.Decisions;
using Rsvp.Worker.Rsvps;

namespace Rsvp.Worker.Users;

/// <summary>A deleted user's RSVP ends, and what the user wrote in it goes.</summary>
internal static class EraseRsvpDecision
{
    /// <param name="activity">The activity as the commands before this one left it.</param>
    /// <param name="existing">The user's RSVP; null when there is none.</param>
    /// <param name="mates">The others that wait in its place.</param>
    /// <param name="now">The database's clock.</param>
    public static Decision Decide(ActivityState activity, RsvpState? existing, IReadOnlyList<RsvpState> mates, DateTimeOffset now)
    {
        if (existing is null or { IsActive: false, SpecialRequirements: null }) return Decision.Nothing(activity, existing);

        // Ended before: nothing is decided about it any more, only the text goes.
        if (!existing.IsActive)
        {
            return Decision.Nothing(activity, existing) with { TakenAlong = [existing with { SpecialRequirements = null }] };
        }

        var cause = new DepartureCause(LogActions.Cancelled, Rules.UserDeleted, Actor.System, Erases: true);
        return CancelDecision.Of(Departure.Step(activity, existing, mates, cause, now), existing, mates);
    }
}
