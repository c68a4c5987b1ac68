using Rsvp.Hosting.Problems;
using Rsvp.Worker.Decisions;

namespace Rsvp.Worker.Rsvps;

/// <summary>Who gets the seat: the whole rule for a party that asks.</summary>
internal static class Arrival
{
    /// <summary>Decides whether a party that may take part is confirmed, stands in line, or is turned away.</summary>
    /// <param name="activity">The activity as the commands before this one left it.</param>
    /// <param name="partySize">People in the party; at least 1.</param>
    /// <param name="rejectIfFull">True: rather be refused than wait.</param>
    public static Answer Decide(ActivityState activity, int partySize, bool rejectIfFull)
    {
        // Nobody overtakes: while anybody waits, free seats belong to the line.
        if (!activity.SomebodyWaits && activity.Fits(partySize))
        {
            return Answer.Confirmed;
        }

        if (rejectIfFull || !activity.Settings.WaitlistEnabled)
        {
            return Answer.TurnedAway(ProblemCodes.ActivityFull);
        }

        if (activity.WaitlistedPlaces >= activity.Settings.WaitlistLimit)
        {
            return Answer.TurnedAway(ProblemCodes.WaitlistFull);
        }

        return Answer.Waits(activity.SomebodyWaits ? Rules.LineAhead : Rules.NoRoom);
    }

    /// <summary>What the rule says.</summary>
    /// <param name="Status">Confirmed or waitlisted; null when turned away.</param>
    /// <param name="Rule">Why, as the log says it.</param>
    /// <param name="Code">Why it was turned away; null when it was not.</param>
    internal readonly record struct Answer(RsvpStatus? Status, string Rule, string? Code)
    {
        public static Answer Confirmed => new(RsvpStatus.Confirmed, Rules.SeatFree, null);

        public static Answer Waits(string rule) => new(RsvpStatus.Waitlisted, rule, null);

        public static Answer TurnedAway(string code) => new(null, Rules.Refused, code);
    }
}
