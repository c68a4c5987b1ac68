using Rsvp.Worker.Decisions;
using Rsvp.Worker.Rsvps;

namespace Rsvp.Worker.Offers;

/// <summary>Ends the offers whose time is over, and reminds of those that are about to end.</summary>
internal static class ExpireOffersDecision
{
    /// <summary>Offers that one command looks at: bounds the transaction; the rest is due at once again.</summary>
    public const int OffersMax = 500;

    /// <param name="activity">The activity; the command runs alone in its transaction.</param>
    /// <param name="offers">Open offers of which something may be due, the earliest first.</param>
    /// <param name="now">The database's clock.</param>
    public static Decision Decide(ActivityState activity, IEnumerable<RsvpState> offers, DateTimeOffset now)
    {
        var log = new List<LogEntry>();
        var isAnyOver = false;
        foreach (var party in offers)
        {
            if (party.OfferExpiresAt <= now)
            {
                var step = Departure.Step(activity, party, mates: [], new DepartureCause(LogActions.OfferExpired, Rules.OfferEnds, Actor.System), now);
                activity = step.Activity;
                log.Add(step.Entry);
                isAnyOver = true;
            }
            else if (party.OfferRemindAt <= now)
            {
                log.Add(Reminder(activity, party));
                activity = activity with { LogSeq = activity.LogSeq + 1 };
            }
        }

        return new Decision { Activity = activity, Log = log, Changed = isAnyOver };
    }

    /// <summary>Tells of the offer once more; the party is as it was, and so is its version.</summary>
    private static LogEntry Reminder(ActivityState activity, RsvpState party) => new()
    {
        Seq = activity.LogSeq + 1,
        Action = LogActions.Reminded,
        Rule = Rules.OfferEnds,
        UserId = party.UserId,
        Before = party,
        After = party with { OfferRemindAt = null },
        Spots = party.PartySize,
        FreeBefore = activity.Free,
        Actor = Actor.System,
    };
}
