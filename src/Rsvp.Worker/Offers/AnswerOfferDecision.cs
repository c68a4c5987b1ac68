using Rsvp.Hosting.Problems;
using Rsvp.Worker.Decisions;
using Rsvp.Worker.Rsvps;

namespace Rsvp.Worker.Offers;

/// <summary>A party takes the seats that are held for it, or gives them back.</summary>
/// <remarks>
/// An offer is open until its expiry is applied, whatever the clock says: acceptance and expiry meet in the partition's queue, and the first one wins.
/// </remarks>
internal static class AnswerOfferDecision
{
    /// <param name="activity">The activity as the commands before this one left it.</param>
    /// <param name="existing">The party; null when there is none.</param>
    /// <param name="now">The database's clock.</param>
    public static Decision Accept(ActivityState activity, RsvpState? existing, DateTimeOffset now)
    {
        if (RefusalOf(existing) is string code) return Decision.Refuse(activity, code);
        if (activity.CancelledAt is not null) return Decision.Refuse(activity, ProblemCodes.ActivityCancelled);

        var seq = activity.LogSeq + 1;
        var rsvp = existing! with
        {
            Status = RsvpStatus.Confirmed,
            OfferExpiresAt = null,
            OfferRemindAt = null,
            Version = existing.Version + 1,
            UpdatedAt = now,
        };
        var entry = new LogEntry
        {
            Seq = seq,
            Action = LogActions.Accepted,
            Rule = Rules.Answer,
            UserId = existing.UserId,
            Before = existing,
            After = rsvp,
            Spots = rsvp.PartySize,
            FreeBefore = activity.Free,
            Actor = Actor.Self(existing.UserId),
        };
        return new Decision
        {
            Activity = activity.Recount(existing, rsvp, placesChange: 0) with { LogSeq = seq },
            Log = [entry],
            Rsvp = rsvp,
            Changed = true,
        };
    }

    /// <inheritdoc cref="Accept"/>
    public static Decision Decline(ActivityState activity, RsvpState? existing, DateTimeOffset now)
    {
        if (RefusalOf(existing) is string code) return Decision.Refuse(activity, code);

        var cause = new DepartureCause(LogActions.Declined, Rules.Answer, Actor.Self(existing!.UserId));
        return CancelDecision.Of(Departure.Step(activity, existing, mates: [], cause, now), existing, mates: []);
    }

    private static string? RefusalOf(RsvpState? existing)
    {
        if (existing is null) return ProblemCodes.RsvpNotFound;
        if (existing.Status == RsvpStatus.Offered) return null;
        return existing.OfferExpired ? ProblemCodes.OfferExpired : ProblemCodes.NoOpenOffer;
    }
}
