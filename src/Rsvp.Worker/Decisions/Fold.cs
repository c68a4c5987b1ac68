using Rsvp.Contracts;
using Rsvp.Hosting.Problems;
using Rsvp.Hosting.Telemetry;
using Rsvp.Worker.Activities;
using Rsvp.Worker.Groups;
using Rsvp.Worker.Offers;
using Rsvp.Worker.Rsvps;
using Rsvp.Worker.Users;
using Rsvp.Worker.Waitlist;

namespace Rsvp.Worker.Decisions;

/// <summary>Decides the commands of a batch one after the other: each sees what those before it did.</summary>
/// <param name="logger">Where defects are said.</param>
internal sealed partial class Fold(ILogger<Fold> logger)
{
    /// <summary>A command that reaches the worker later than this is not applied any more.</summary>
    public static readonly TimeSpan CommandAgeMax = TimeSpan.FromDays(7);

    /// <summary>Decides all commands.</summary>
    /// <param name="state">What was loaded; holds the result afterwards.</param>
    /// <param name="commands">In queue order.</param>
    /// <returns>One outcome per command; <c>IsNew</c> tells those that are to be stored.</returns>
    public IReadOnlyList<DecidedCommand> Decide(WorkingSet state, IReadOnlyList<Command> commands)
    {
        using var span = Traces.Step("decide");
        var decided = new List<DecidedCommand>(commands.Count);
        foreach (var command in commands)
        {
            if (state.OutcomesByRequest.TryGetValue(command.RequestId, out var known))
            {
                decided.Add(new DecidedCommand(command, known, IsNew: false, KeyId: null));
                continue;
            }

            var isReused = command.KeyId is Guid keyId
                && state.RequestsByKey.TryGetValue(keyId, out var first)
                && first != command.RequestId;
            var outcome = isReused ? Rejected(state, command, ProblemCodes.IdempotencyKeyReused) : DecideOne(state, command);
            var storedKey = isReused ? null : command.KeyId;

            state.OutcomesByRequest[command.RequestId] = outcome;
            if (storedKey is Guid taken)
            {
                state.RequestsByKey[taken] = command.RequestId;
            }

            decided.Add(new DecidedCommand(command, outcome, IsNew: true, storedKey));
        }

        return decided;
    }

    /// <summary>Finds the activities of the batch that now have seats for their line.</summary>
    /// <returns>Their ids; each is noted as vacant.</returns>
    public static IReadOnlyList<Guid> OpenVacancies(WorkingSet state)
    {
        var vacant = state.ChangedActivities
            .Where(id => Vacancy.Exists(state.Activities[id], state.Line(id).SmallestPlaceSpots, state.Now))
            .ToList();
        vacant.ForEach(state.OpenVacancy);
        return vacant;
    }

    private CommandOutcome DecideOne(WorkingSet state, Command command)
    {
        if (state.Now - command.SubmittedAt > CommandAgeMax)
        {
            return Rejected(state, command, ProblemCodes.Expired);
        }

        if (state.DeletedUsers.Contains(command.Caller.UserId))
        {
            return Rejected(state, command, ProblemCodes.UserDeleted);
        }

        if (command.DeleteUser is DeleteUser deletion)
        {
            return DeleteUserDecision.Decide(state, command.Caller, deletion) is string refused
                ? Rejected(state, command, refused)
                : OutcomeBuilder.Envelope(state, command);
        }

        var activity = state.Activity(command.ActivityId);
        if (activity is null && command.CreateActivity is null)
        {
            return Rejected(state, command, ProblemCodes.ActivityNotFound);
        }

        Decision decision;
        try
        {
            decision = Dispatch(state, activity, command);
        }
#pragma warning disable CA1031 // A defect in one command must not take its neighbours along; nothing of it was applied.
        catch (Exception defect)
#pragma warning restore CA1031
        {
            using var logs = Traces.LogsOf(command.TraceParent);
            LogDefect(defect, command.Name, command.RequestId, command.ActivityId);
            return Rejected(state, command, ProblemCodes.Failed);
        }

        // What the system sends is nobody's request.
        state.Apply(decision, command.Caller.UserId == Guid.Empty ? null : command.RequestId);
        if (command.RegisterGroup is RegisterGroup group && decision is { Refusal: null, GroupId: Guid made })
        {
            state.Make(new GroupState(made, command.ActivityId, command.Caller.UserId, group.AllOrNothing));
        }

        if (decision is { Refusal: null, Log.Count: > 0 } && (command.AddHost?.UserId ?? command.RemoveHost?.UserId) is Guid host)
        {
            state.ChangeHost(activity!.Id, host, isAdded: command.AddHost is not null);
        }

        return OutcomeBuilder.Build(state, command, decision);
    }

    private static Decision Dispatch(WorkingSet state, ActivityState? activity, Command command)
    {
        var caller = command.Caller.UserId;
        if (command.CreateActivity is CreateActivity create)
        {
            // Its id is made of who asked, the key and the body, so the one that is there is what is asked for, longer ago than outcomes are kept.
            return activity is null
                ? CreateActivityDecision.Decide(command.ActivityId, caller, create, state.Now)
                : Decision.Nothing(activity, null) with { ShowsActivity = true };
        }

        ArgumentNullException.ThrowIfNull(activity);
        var existing = state.Rsvp(command.ActivityId, command.RsvpUserId ?? caller);
        var mates = state.Mates(existing);

        // The system itself asks for what a host's command left over.
        var isHost = caller == Guid.Empty || command.Caller.IsAdmin || state.Hosts.Contains((activity.Id, caller));
        return command switch
        {
            { SubmitRsvp: { } submit } => SubmitDecision.Decide(
                activity,
                existing,
                new Asking(caller, submit.GuestCount, submit.SpecialRequirements, Actor.Self(caller)),
                submit.RejectIfFull,
                new EntryIds(Guid.CreateVersion7(state.Now)),
                state.Now),
            { UpdateRsvp: { } update } => UpdateDecision.Decide(activity, existing, mates, update, command.IfMatch, state.Now),
            { CancelRsvp: { } cancel } => CancelDecision.Decide(
                activity, existing, mates, new DepartureCause(LogActions.Cancelled, Rules.Cancel, Actor.Self(caller), cancel.Reason), command.IfMatch, state.Now),
            { RegisterGroup: { } register } => RegisterGroupDecision.Decide(
                activity,
                new GroupRequest(
                    Guid.CreateVersion7(state.Now),
                    caller,
                    isHost,
                    userId => state.Rsvp(activity.Id, userId),
                    state.KnownUsers.Contains,
                    () => Guid.CreateVersion7(state.Now)),
                register,
                state.Now),
            { CancelGroup: { } cancel } => CancelGroupDecision.Decide(
                activity,
                state.Groups.GetValueOrDefault(cancel.GroupId) is { } group && group.ActivityId == activity.Id ? group : null,
                state.GroupMembers(activity.Id, cancel.GroupId),
                (caller, isHost),
                cancel,
                state.Now),
            { AcceptOffer: not null } => AnswerOfferDecision.Accept(activity, existing, state.Now),
            { DeclineOffer: not null } => AnswerOfferDecision.Decline(activity, existing, state.Now),
            { ExpireOffers: not null } => ExpireOffersDecision.Decide(activity, state.Offers(activity.Id), state.Now),
            { EraseRsvp: not null } => EraseRsvpDecision.Decide(activity, existing, mates, state.Now),
            { UpdateActivity: { } update } => UpdateActivityDecision.Decide(activity, caller, isHost, update, state.Now),
            _ => HostDispatch.Decide(state, activity, command, isHost),
        };
    }

    /// <summary>The outcome of a command that cannot be decided; a stored outcome, or one from earlier in the batch, still comes first.</summary>
    public static DecidedCommand Failed(WorkingSet state, Command command)
    {
        var isNew = state.OutcomesByRequest.TryAdd(command.RequestId, Rejected(state, command, ProblemCodes.Failed));
        return new DecidedCommand(command, state.OutcomesByRequest[command.RequestId], isNew, KeyId: null);
    }

    public static CommandOutcome Rejected(WorkingSet state, Command command, string code) =>
        OutcomeBuilder.Envelope(state, command) with { Problem = new ProblemDocument { Code = code } };

    [LoggerMessage(3001, LogLevel.Error, "A defect failed {Command} {RequestId} of activity {ActivityId}")]
    private partial void LogDefect(Exception defect, string command, Guid requestId, Guid activityId);
}

/// <summary>A command and what became of it.</summary>
/// <param name="Command">The command.</param>
/// <param name="Outcome">What was decided, now or before.</param>
/// <param name="IsNew">Whether the outcome is to be stored.</param>
/// <param name="KeyId">The idempotency key that it is stored under; null without one, and for a reused one.</param>
internal sealed record DecidedCommand(Command Command, CommandOutcome Outcome, bool IsNew, Guid? KeyId);
