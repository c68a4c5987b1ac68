using Rsvp.Contracts;
using Rsvp.Hosting.Problems;
using Rsvp.Worker.Decisions;

namespace Rsvp.Worker.Waitlist;

/// <summary>A host lets waiting places in: the next ones, or those named. It follows the promotion mode, and ignores the cut-off.</summary>
internal static class HostPromotion
{
    /// <summary>Lets in the next places, in line order and by the line's policy, as a pass would.</summary>
    /// <param name="activity">The activity; the command runs alone in its transaction.</param>
    /// <param name="line">What was loaded of the line.</param>
    /// <param name="count">How many at most.</param>
    /// <param name="caller">Who asks, and whether that is a host or an admin.</param>
    /// <param name="goesOn">Whether the system asks again for what is left, as after a release of no-shows.</param>
    /// <param name="now">The database's clock.</param>
    public static Decision Next(ActivityState activity, Line line, int count, (Guid Id, bool IsHost) caller, bool goesOn, DateTimeOffset now)
    {
        if (Refusal(activity, caller.IsHost) is string code) return Decision.Refuse(activity, code);

        var (letIn, moreLeft) = Pass.Walk(activity, line, count, countsOvertakes: false);
        if (letIn.Count == 0 && activity.SomebodyWaits && !goesOn) return Decision.Refuse(activity, ProblemCodes.NoRoom);

        var log = new List<LogEntry>();
        foreach (var place in letIn)
        {
            var (after, entries) = Admission.Admit(activity, place, Rules.Host, overtook: null, Actor.Host(caller.Id), now);
            activity = after;
            log.AddRange(entries);
        }

        return new Decision
        {
            Activity = activity,
            Log = log,
            Members = [.. log.Select(entry => new MemberDecision(entry.UserId, entry.After, Refusal: null))],
            FollowUps = goesOn && moreLeft ? [GoOn(caller.Id)] : [],
            Changed = log.Count > 0,
        };
    }

    /// <summary>Lets in the places named, in the order named; a group whole.</summary>
    /// <param name="activity">The activity; the command runs alone in its transaction.</param>
    /// <param name="named">The parties named, with those who wait in the same place.</param>
    /// <param name="overrides">Whether they may go beyond the capacity, on record.</param>
    /// <param name="answersEach">Whether one alone that is refused is a result, and not the refusal of the command.</param>
    /// <param name="caller">Who asks, and whether that is a host or an admin.</param>
    /// <param name="now">The database's clock.</param>
    public static Decision Named(
        ActivityState activity, IReadOnlyList<NamedParty> named, bool overrides, bool answersEach, (Guid Id, bool IsHost) caller, DateTimeOffset now)
    {
        if (Refusal(activity, caller.IsHost) is string code) return Decision.Refuse(activity, code);

        var log = new List<LogEntry>();
        var results = new List<MemberDecision>();
        var letIn = new Dictionary<Guid, RsvpState>();
        foreach (var one in named)
        {
            if (one.Refusal is string refused)
            {
                results.Add(one.Answer(now: null, refused));
                continue;
            }

            var party = one.Party!;
            if (!letIn.ContainsKey(party.Id))
            {
                WaitingPlace place = new(party.Place!, [.. one.Mates.Append(party).OrderBy(member => member.UserId)], Ahead: null);
                var fits = activity.Fits(place.Place.Spots);
                if (!fits && !overrides)
                {
                    results.Add(one.Answer(party, ProblemCodes.NoRoom));
                    continue;
                }

                var (after, entries) = Admission.Admit(
                    activity, place, fits ? Rules.Host : Rules.HostOverride, overtook: null, Actor.Host(caller.Id), now);
                activity = after;
                log.AddRange(entries);
                foreach (var entry in entries)
                {
                    letIn[entry.After!.Id] = entry.After;
                }
            }

            results.Add(one.Answer(letIn[party.Id]));
        }

        return !answersEach && results is [{ Refusal: { } only }]
            ? Decision.Refuse(activity, only.Code)
            : new Decision { Activity = activity, Log = log, Members = results, Changed = log.Count > 0 };
    }

    /// <summary>The command with which the system lets in the line in a host's name.</summary>
    public static FollowUp GoOn(Guid hostId) => new(
        CommandNames.PromoteWaitlist,
        envelope => envelope with { PromoteWaitlist = new PromoteWaitlist { Count = Pass.PlacesMax, HostId = hostId } });

    private static string? Refusal(ActivityState activity, bool isHost)
    {
        if (!isHost) return ProblemCodes.NotHost;
        return activity.CancelledAt is null ? null : ProblemCodes.ActivityCancelled;
    }
}
