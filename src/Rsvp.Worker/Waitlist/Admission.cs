using Rsvp.Worker.Decisions;
using Rsvp.Worker.Offers;

namespace Rsvp.Worker.Waitlist;

/// <summary>A waiting place is let in whole: confirmed at once, or offered, as the activity's promotion mode says.</summary>
internal static class Admission
{
    /// <param name="activity">The activity before.</param>
    /// <param name="place">The place.</param>
    /// <param name="rule">Why.</param>
    /// <param name="overtook">Places ahead that are left behind; null when that is not counted.</param>
    /// <param name="actor">Who lets it in.</param>
    /// <param name="now">The database's clock.</param>
    /// <returns>The activity after, and one row of the log per party.</returns>
    public static (ActivityState Activity, IReadOnlyList<LogEntry> Log) Admit(
        ActivityState activity, WaitingPlace place, string rule, int? overtook, Actor actor, DateTimeOffset now)
    {
        var isOffer = activity.Settings.PromotionMode == "offer";
        var (expiresAt, remindAt) = OfferTerms.From(activity, now);
        var log = new List<LogEntry>();

        // Beyond the capacity only at a host's word; what is beyond belongs to the parties and ends with them.
        var beyond = activity.Fits(place.Place.Spots) ? 0 : place.Place.Spots - activity.Free!.Value;
        foreach (var (index, party) in place.Parties.Index())
        {
            var seq = activity.LogSeq + 1;
            var overrideSpots = Math.Min(beyond, party.PartySize);
            beyond -= overrideSpots;
            var rsvp = party with
            {
                Status = isOffer ? RsvpStatus.Offered : RsvpStatus.Confirmed,
                Place = null,
                OfferExpiresAt = isOffer ? expiresAt : null,
                OfferRemindAt = isOffer ? remindAt : null,
                OverrideSpots = overrideSpots,
                Version = party.Version + 1,
                UpdatedAt = now,
            };
            log.Add(new LogEntry
            {
                Seq = seq,
                Action = isOffer ? LogActions.Offered : LogActions.Promoted,
                Rule = rule,
                UserId = party.UserId,
                Before = party,
                After = rsvp,
                Spots = rsvp.PartySize,
                SpotsAffected = rsvp.PartySize,
                FreeBefore = activity.Free,
                LineKey = place.Place.LineKey,
                Overtook = overtook,
                Actor = actor,
            });

            // A group leaves the line as one place, with its last member.
            var leavesPlace = index == place.Parties.Count - 1;
            activity = activity.Recount(party, rsvp, placesChange: leavesPlace ? -1 : 0) with { LogSeq = seq };
        }

        return (activity, log);
    }
}
