using Rsvp.Contracts;
using Rsvp.Hosting.Problems;
using Rsvp.Worker.Decisions;

namespace Rsvp.Worker.Rsvps;

/// <summary>A host ends a party's RSVP.</summary>
internal static class RemoveDecision
{
    /// <param name="activity">The activity as the commands before this one left it.</param>
    /// <param name="existing">The party; null when there is none.</param>
    /// <param name="mates">The others that wait in its place.</param>
    /// <param name="caller">Who asks, and whether that is a host or an admin.</param>
    /// <param name="command">The command.</param>
    /// <param name="ifMatch">The precondition; null for none.</param>
    /// <param name="now">The database's clock.</param>
    public static Decision Decide(
        ActivityState activity,
        RsvpState? existing,
        IReadOnlyList<RsvpState> mates,
        (Guid Id, bool IsHost) caller,
        RemoveRsvp command,
        IfMatch? ifMatch,
        DateTimeOffset now) => caller.IsHost
            ? CancelDecision.Decide(activity, existing, mates, CauseOf(caller.Id, command.Reason), ifMatch, now)
            : Decision.Refuse(activity, ProblemCodes.NotHost);

    /// <summary>Why a party is removed, as the log says it.</summary>
    public static DepartureCause CauseOf(Guid hostId, string? reason) => new(LogActions.Removed, Rules.Host, Actor.Host(hostId), reason);
}
