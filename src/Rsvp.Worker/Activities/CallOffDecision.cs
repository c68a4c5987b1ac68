using Rsvp.Contracts;
using Rsvp.Hosting.Problems;
using Rsvp.Worker.Decisions;
using Rsvp.Worker.Rsvps;

namespace Rsvp.Worker.Activities;

/// <summary>A host calls the activity off. It is off at once; its RSVPs end in chunks, each told once.</summary>
internal static class CallOffDecision
{
    /// <summary>RSVPs that one command ends: bounds the transaction; the rest is another command.</summary>
    public const int RsvpsMax = 500;

    /// <param name="activity">The activity as the commands before this one left it.</param>
    /// <param name="caller">Who asks, and whether that is a host or an admin.</param>
    /// <param name="command">The command.</param>
    /// <param name="now">The database's clock.</param>
    public static Decision Decide(ActivityState activity, (Guid Id, bool IsHost) caller, CancelActivity command, DateTimeOffset now)
    {
        if (!caller.IsHost) return Decision.Refuse(activity, ProblemCodes.NotHost);
        if (activity.CancelledAt is not null) return Decision.Nothing(activity, null) with { ShowsActivity = true };

        var after = activity with { CancelledAt = now, VacantSince = null, LogSeq = activity.LogSeq + 1, UpdatedAt = now };
        var entry = CreateActivityDecision.SettingsEntry(after, LogActions.ActivityCalledOff, caller.Id, activity.Free) with { Reason = command.Reason };
        return new Decision
        {
            Activity = after,
            Log = [entry],
            Changed = true,
            ShowsActivity = true,
            FollowUps = [End(new EndRsvps { HostId = caller.Id, Reason = command.Reason })],
        };
    }

    /// <summary>Ends the next RSVPs.</summary>
    /// <param name="activity">The activity; the command runs alone in its transaction.</param>
    /// <param name="parties">Active parties, at most <see cref="RsvpsMax"/>.</param>
    /// <param name="staying">Those who wait in the place of one of them, and whose turn comes later.</param>
    /// <param name="command">The command.</param>
    /// <param name="now">The database's clock.</param>
    public static Decision EndNext(ActivityState activity, IReadOnlyList<RsvpState> parties, IEnumerable<RsvpState> staying, EndRsvps command, DateTimeOffset now)
    {
        var cause = new DepartureCause(LogActions.CalledOff, Rules.CalledOff, Actor.Host(command.HostId), command.Reason);
        var (decision, _) = Departures.All(activity, parties, staying, _ => cause, now);
        return decision with { FollowUps = parties.Count < RsvpsMax ? [] : [End(command)] };
    }

    private static FollowUp End(EndRsvps command) => new(CommandNames.EndRsvps, envelope => envelope with { EndRsvps = command });
}
