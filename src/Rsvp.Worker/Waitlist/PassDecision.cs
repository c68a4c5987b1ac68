using Rsvp.Worker.Decisions;

namespace Rsvp.Worker.Waitlist;

/// <summary>The system's promotion: one pass over the line.</summary>
internal static class PassDecision
{
    /// <param name="activity">The activity; the pass runs alone in its transaction.</param>
    /// <param name="line">What was loaded of the line.</param>
    /// <param name="now">The database's clock.</param>
    public static PassResult Decide(ActivityState activity, Line line, DateTimeOffset now)
    {
        var mayPromote = activity.CancelledAt is null && now < activity.PromotionEndsAt;
        var (letIn, moreLeft) = mayPromote ? Pass.Walk(activity, line) : ([], false);

        var log = new List<LogEntry>();
        foreach (var place in letIn)
        {
            foreach (var (index, party) in place.Parties.Index())
            {
                var seq = activity.LogSeq + 1;
                var rsvp = party with
                {
                    Status = RsvpStatus.Confirmed,
                    Place = null,
                    Version = party.Version + 1,
                    UpdatedAt = now,
                };
                log.Add(new LogEntry
                {
                    Seq = seq,
                    Action = LogActions.Promoted,
                    Rule = Rules.Pass,
                    UserId = party.UserId,
                    Before = party,
                    After = rsvp,
                    Spots = rsvp.PartySize,
                    SpotsAffected = rsvp.PartySize,
                    FreeBefore = activity.Free,
                    LineKey = place.Place.LineKey,
                    Actor = Actor.System,
                });

                // A group leaves the line as one place, with its last member.
                var leavesPlace = index == place.Parties.Count - 1;
                activity = activity.Recount(party, rsvp, placesChange: leavesPlace ? -1 : 0) with { LogSeq = seq };
            }
        }

        var decision = new Decision
        {
            Activity = moreLeft ? activity : activity with { VacantSince = null },
            Log = log,
            Changed = log.Count > 0,
        };
        return new PassResult(decision, letIn.Count, moreLeft);
    }
}

/// <summary>What a pass did.</summary>
/// <param name="Decision">The state after it.</param>
/// <param name="PlacesPromoted">Places let in.</param>
/// <param name="MoreLeft">Whether another pass is needed.</param>
internal sealed record PassResult(Decision Decision, int PlacesPromoted, bool MoreLeft);
