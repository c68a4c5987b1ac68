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
        foreach (var (index, place) in letIn.Index())
        {
            // Those let in before by this pass stood ahead, and are gone.
            var (after, entries) = Admission.Admit(activity, place, Rules.Pass, place.Ahead - index, Actor.System, now);
            activity = after;
            log.AddRange(entries);
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
