using Rsvp.Contracts;
using Rsvp.Worker.Activities;
using Rsvp.Worker.CheckIns;
using Rsvp.Worker.Hosts;
using Rsvp.Worker.Rsvps;
using Rsvp.Worker.Waitlist;

namespace Rsvp.Worker.Decisions;

/// <summary>Who decides what a host asks for.</summary>
internal static class HostDispatch
{
    /// <param name="state">The working set.</param>
    /// <param name="activity">The activity as the commands before this one left it.</param>
    /// <param name="command">The command.</param>
    /// <param name="isHost">Whether the caller is a host, an admin, or the system in a host's name.</param>
    public static Decision Decide(WorkingSet state, ActivityState activity, Command command, bool isHost)
    {
        var caller = (Id: InWhoseName(command), isHost);
        var existing = state.Rsvp(activity.Id, command.WalkIn?.UserId ?? command.RsvpUserId ?? command.Caller.UserId);
        return command switch
        {
            { AddHost: { } add } => HostDecisions.Add(
                activity, caller, add.UserId, state.KnownUsers.Contains(add.UserId), state.HostsOf(activity.Id)),
            { RemoveHost: { } remove } => HostDecisions.Remove(activity, caller, remove.UserId, state.HostsOf(activity.Id)),
            { RemoveRsvp: { } remove } => RemoveDecision.Decide(activity, existing, state.Mates(existing), caller, remove, command.IfMatch, state.Now),
            { CancelActivity: { } callOff } => CallOffDecision.Decide(activity, caller, callOff, state.Now),
            { EndRsvps: { } end } => CallOffDecision.EndNext(
                activity, state.Concerned, state.Concerned.SelectMany(state.Mates).Distinct().Except(state.Concerned), end, state.Now),
            { PromoteWaitlist: { Count: int count, HostId: var host } } => HostPromotion.Next(
                activity, state.WaitingLine!, count, caller, goesOn: host is not null, state.Now),
            { PromoteWaitlist: { } promote } => HostPromotion.Named(
                activity, Named(state, activity, promote.RsvpIds), promote.OverrideCapacity, answersEach: false, caller, state.Now),
            { BulkWaitlist: { Action: "promote" } bulk } => HostPromotion.Named(
                activity, Named(state, activity, bulk.RsvpIds), overrides: false, answersEach: true, caller, state.Now),
            { BulkWaitlist: { Action: "remove" } bulk } => BulkDecision.Remove(
                activity, Named(state, activity, bulk.RsvpIds), caller, bulk.Reason, state.Now),
            { BulkWaitlist: { Action: "move" } bulk } => BulkDecision.Move(
                activity, Named(state, activity, bulk.RsvpIds), state.MovePlan, state.Concerned, caller, bulk.Reason),
            { CheckIn: not null } => CheckInDecision.CheckIn(activity, existing, caller, state.Now),
            { UndoCheckIn: not null } => CheckInDecision.Undo(activity, existing, caller, state.Now),
            { WalkIn: { } walkIn } => WalkInDecision.Decide(
                activity,
                existing,
                new Asking(walkIn.UserId, walkIn.GuestCount, SpecialRequirements: null, Actor.Host(caller.Id)),
                isHost,
                state.KnownUsers.Contains(walkIn.UserId),
                Guid.CreateVersion7(state.Now),
                state.Now),
            { ReleaseNoShows: { } release } => ReleaseNoShowsDecision.Decide(activity, state.Concerned, caller, release.AskedAt, state.Now),
            _ => throw new InvalidOperationException($"Nothing decides {command.Name}."),
        };
    }

    private static Guid InWhoseName(Command command) => command switch
    {
        { PromoteWaitlist.HostId: Guid host } => host,
        { ReleaseNoShows.HostId: Guid host } => host,
        _ => command.Caller.UserId,
    };

    private static IReadOnlyList<NamedParty> Named(WorkingSet state, ActivityState activity, IReadOnlyList<Guid> rsvpIds) =>
        NamedParty.Of(rsvpIds, id => state.RsvpById(activity.Id, id), state.Mates);
}
