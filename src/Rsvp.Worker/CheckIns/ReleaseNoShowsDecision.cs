using Rsvp.Contracts;
using Rsvp.Hosting.Problems;
using Rsvp.Worker.Decisions;
using Rsvp.Worker.Rsvps;
using Rsvp.Worker.Waitlist;

namespace Rsvp.Worker.CheckIns;

/// <summary>After the start a host gives the seats of those who have not come to those who wait.</summary>
internal static class ReleaseNoShowsDecision
{
    /// <summary>RSVPs that one command ends: bounds the transaction; the rest is another command.</summary>
    public const int RsvpsMax = 500;

    /// <param name="activity">The activity; the command runs alone in its transaction.</param>
    /// <param name="absent">Confirmed parties that are not checked in and have not changed since the host asked, at most <see cref="RsvpsMax"/>.</param>
    /// <param name="caller">Who asks, and whether that is a host or an admin.</param>
    /// <param name="askedAt">When the host asked; null when that is now.</param>
    /// <param name="now">The database's clock.</param>
    public static Decision Decide(
        ActivityState activity, IReadOnlyList<RsvpState> absent, (Guid Id, bool IsHost) caller, DateTimeOffset? askedAt, DateTimeOffset now)
    {
        if (!caller.IsHost) return Decision.Refuse(activity, ProblemCodes.NotHost);
        if (activity.CancelledAt is not null) return Decision.Refuse(activity, ProblemCodes.ActivityCancelled);
        if (now < activity.Settings.StartsAt) return Decision.Refuse(activity, ProblemCodes.NotStarted);

        var cause = new DepartureCause(LogActions.Released, Rules.NoShow, Actor.Host(caller.Id));
        var (decision, left) = Departures.All(activity, absent, staying: [], _ => cause, now);
        FollowUp[] next = absent.Count == RsvpsMax
            ? [GoOn(caller.Id, askedAt ?? now)]
            : decision.Activity.SomebodyWaits ? [HostPromotion.GoOn(caller.Id)] : [];
        return decision with
        {
            Members = [.. left.Select(party => new MemberDecision(party.UserId, party, Refusal: null))],
            FollowUps = next,
        };
    }

    // May be delivered again when others have been let in meanwhile, who are not here yet either.
    private static FollowUp GoOn(Guid hostId, DateTimeOffset askedAt) => new(
        CommandNames.ReleaseNoShows, envelope => envelope with { ReleaseNoShows = new ReleaseNoShows { HostId = hostId, AskedAt = askedAt } });
}
