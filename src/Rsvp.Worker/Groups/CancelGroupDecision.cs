using Rsvp.Contracts;
using Rsvp.Hosting.Problems;
using Rsvp.Worker.Decisions;
using Rsvp.Worker.Rsvps;

namespace Rsvp.Worker.Groups;

/// <summary>Everybody of a group gives the place back; who left alone before stays as they are.</summary>
internal static class CancelGroupDecision
{
    /// <param name="activity">The activity as the commands before this one left it.</param>
    /// <param name="group">The group; null when there is none of that id in the activity.</param>
    /// <param name="members">Everybody who came with it and has not come again without it.</param>
    /// <param name="caller">Who cancels, and whether that is a host or an admin.</param>
    /// <param name="command">The cancellation.</param>
    /// <param name="now">The database's clock.</param>
    public static Decision Decide(
        ActivityState activity, GroupState? group, IReadOnlyList<RsvpState> members, (Guid Id, bool IsHost) caller, CancelGroup command, DateTimeOffset now)
    {
        // A group that is not the caller's to see does not exist.
        if (group is null || (group.CreatedBy != caller.Id && !caller.IsHost)) return Decision.Refuse(activity, ProblemCodes.GroupNotFound);

        var (decision, left) = Departures.All(activity, [.. members.Where(member => member.IsActive)], staying: [], CauseFor, now);
        var byId = left.ToDictionary(party => party.Id);
        return decision with
        {
            Members = [.. members.Select(member => new MemberDecision(member.UserId, byId.GetValueOrDefault(member.Id, member), Refusal: null))],
            GroupId = group.Id,
        };

        DepartureCause CauseFor(RsvpState member) => new(
            LogActions.Cancelled,
            Rules.Cancel,
            caller.IsHost && member.UserId != caller.Id ? Actor.Host(caller.Id) : Actor.Self(caller.Id),
            command.Reason);
    }
}
