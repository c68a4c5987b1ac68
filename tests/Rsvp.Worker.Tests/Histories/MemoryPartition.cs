using Microsoft.Extensions.Logging.Abstractions;
using Rsvp.Contracts;
using Rsvp.Worker.Decisions;
using Rsvp.Worker.Groups;
using Rsvp.Worker.Partitions;
using Rsvp.Worker.Waitlist;

namespace Rsvp.Worker.Tests.Histories;

/// <summary>The decision core with a memory in place of the database: loads for a batch what SQL would, and keeps what it decided.</summary>
/// <param name="knownUsers">Those whom a group may name.</param>
internal sealed class MemoryPartition(IEnumerable<Guid> knownUsers)
{
    private readonly Fold _fold = new(NullLogger<Fold>.Instance);
    private readonly Dictionary<Guid, RsvpState> _rsvps = [];
    private readonly Dictionary<Guid, CommandOutcome> _outcomes = [];
    private readonly Dictionary<Guid, Guid> _requestsByKey = [];
    private readonly HashSet<(Guid, Guid)> _hosts = [];
    private readonly Dictionary<Guid, GroupState> _groups = [];
    private readonly Queue<FollowUp> _followUps = [];

    /// <summary>False hides the line from the decision about somebody who asks, so that the rule that nobody overtakes has nothing to go by.</summary>
    public bool KeepsNewcomersBehind { get; init; } = true;

    public ActivityState? Activity { get; private set; }

    public List<LogEntry> Log { get; } = [];

    public IReadOnlyCollection<RsvpState> Rsvps => _rsvps.Values;

    /// <summary>Those who wait, next first.</summary>
    public IEnumerable<RsvpState> Line => _rsvps.Values.Where(rsvp => rsvp.Place is not null).OrderBy(rsvp => rsvp.Place!.LineKey);

    /// <summary>The places in line, next first, with everybody in them.</summary>
    public IEnumerable<IGrouping<long, RsvpState>> Places => Line.GroupBy(rsvp => rsvp.Place!.LineKey);

    /// <summary>Another one in the same state; what happens to one does not happen to the other.</summary>
    public MemoryPartition Copy()
    {
        var copy = new MemoryPartition(knownUsers) { Activity = Activity, KeepsNewcomersBehind = KeepsNewcomersBehind };
        copy.Log.AddRange(Log);
        copy._hosts.UnionWith(_hosts);
        CopyTo(_rsvps, copy._rsvps);
        CopyTo(_outcomes, copy._outcomes);
        CopyTo(_requestsByKey, copy._requestsByKey);
        CopyTo(_groups, copy._groups);
        return copy;

        static void CopyTo<T>(Dictionary<Guid, T> from, Dictionary<Guid, T> to)
        {
            foreach (var (id, value) in from)
            {
                to.Add(id, value);
            }
        }
    }

    /// <summary>Applies a batch.</summary>
    public IReadOnlyList<CommandOutcome> Apply(IReadOnlyList<Command> commands, DateTimeOffset now) =>
        [.. Runs.Split(commands).SelectMany(run => ApplyRun(run, now)), .. GoOn(now)];

    /// <summary>What the system itself sends comes after the batch; nobody is answered.</summary>
    private IEnumerable<CommandOutcome> GoOn(DateTimeOffset now)
    {
        while (_followUps.TryDequeue(out var followUp))
        {
            var envelope = new Command
            {
                RequestId = Guid.NewGuid(),
                Name = followUp.Name,
                ActivityId = Activity!.Id,
                Caller = new Caller { UserId = Guid.Empty },
                SubmittedAt = now,
            };
            ApplyRun([followUp.WithBody(envelope)], now);
        }

        yield break;
    }

    private List<CommandOutcome> ApplyRun(IReadOnlyList<Command> run, DateTimeOffset now)
    {
        var hiddenPlaces = !KeepsNewcomersBehind && run.All(command => command.SubmitRsvp is not null) ? Activity!.WaitlistedPlaces : 0;
        var state = Load(run, hiddenPlaces, now);
        if (run is [{ RunPass: not null } command])
        {
            var result = PassDecision.Decide(Activity!, LoadLine(), now);
            foreach (var rsvp in _rsvps.Values)
            {
                state.Load(rsvp);
            }

            state.Apply(result.Decision, command.RequestId);
            Save(state, []);
            return [OutcomeBuilder.Build(state, command, result.Decision)];
        }

        LoadForHosts(state, run);
        var decided = _fold.Decide(state, run);
        if (run is [{ BulkWaitlist.DryRun: true }])
        {
            decided.Where(one => one.IsNew).ToList().ForEach(one => _outcomes.Add(one.Command.RequestId, one.Outcome));
            return [.. decided.Select(one => one.Outcome)];
        }

        Fold.OpenVacancies(state);
        state.FollowUps.ForEach(next => _followUps.Enqueue(next.FollowUp));
        Save(state, decided);
        Activity = Activity! with { WaitlistedPlaces = Activity.WaitlistedPlaces + hiddenPlaces };
        return [.. decided.Select(one => one.Outcome)];
    }

    private WorkingSet Load(IReadOnlyList<Command> run, int hiddenPlaces, DateTimeOffset now)
    {
        var state = new WorkingSet { Now = now };
        if (Activity is not null)
        {
            state.Load(Activity with { WaitlistedPlaces = Activity.WaitlistedPlaces - hiddenPlaces });
            state.Line(Activity.Id).LoadSmallest(Line.Select(rsvp => rsvp.Place!.Spots).DefaultIfEmpty(int.MaxValue).Min());
        }

        // Only what the commands name, as in the database: the decisions must not need more.
        List<RsvpState> named = [.. run.SelectMany(Named).Distinct().Select(user => _rsvps.GetValueOrDefault(user)!).Where(rsvp => rsvp is not null)];
        foreach (var rsvp in named.Where(rsvp => rsvp.Place is not null))
        {
            state.Line(rsvp.ActivityId).LoadRank(rsvp.Place!.LineKey, Places.TakeWhile(place => place.Key != rsvp.Place.LineKey).Count() + 1);
        }

        var groups = named.Where(rsvp => rsvp.Place is not null && rsvp.PlaceId != rsvp.Id).Select(rsvp => rsvp.PlaceId)
            .Concat(run.Where(command => command.CancelGroup is not null).Select(command => command.CancelGroup!.GroupId))
            .ToHashSet();
        named.AddRange(_rsvps.Values.Where(rsvp => rsvp.GroupId is Guid group && groups.Contains(group)));
        if (run is [{ ExpireOffers: not null }])
        {
            named.AddRange(_rsvps.Values.Where(rsvp => rsvp.OfferExpiresAt <= now || rsvp.OfferRemindAt <= now));
        }

        named.ForEach(state.Load);
        foreach (var group in _groups.Values.Where(group => groups.Contains(group.Id)))
        {
            state.Groups[group.Id] = group;
        }

        state.KnownUsers.UnionWith(knownUsers);

        foreach (var command in run)
        {
            if (_outcomes.TryGetValue(command.RequestId, out var outcome))
            {
                state.OutcomesByRequest[command.RequestId] = outcome;
            }

            if (command.KeyId is Guid key && _requestsByKey.TryGetValue(key, out var request))
            {
                state.RequestsByKey[key] = request;
            }
        }

        state.Hosts.UnionWith(_hosts);
        return state;
    }

    private void LoadForHosts(WorkingSet state, IReadOnlyList<Command> run)
    {
        switch (run)
        {
            case [{ PromoteWaitlist.Count: not null }]:
                _rsvps.Values.ToList().ForEach(state.Load);
                state.WaitingLine = LoadLine();
                break;
            case [{ ReleaseNoShows: not null }]:
                state.Concerned = [.. _rsvps.Values.Where(rsvp => rsvp is { Status: RsvpStatus.Confirmed, CheckedInAt: null })];
                state.Concerned.ToList().ForEach(state.Load);
                break;
            case [{ PromoteWaitlist: not null } or { BulkWaitlist: not null }]:
                _rsvps.Values.ToList().ForEach(state.Load);
                foreach (var (index, place) in Places.Index())
                {
                    state.Line(Activity!.Id).LoadRank(place.Key, index + 1);
                }

                if (run[0].BulkWaitlist is { Action: "move", ToPosition: int position } move)
                {
                    PlanMove(state, move, position);
                }

                break;
            default:
                break;
        }
    }

    private void PlanMove(WorkingSet state, BulkWaitlist move, int position)
    {
        var moved = move.RsvpIds.Select(id => state.RsvpById(Activity!.Id, id)?.Place?.LineKey).OfType<long>().Distinct().ToHashSet();
        if (moved.Count == 0)
        {
            return;
        }

        List<long> rest = [.. Places.Select(place => place.Key).Where(key => !moved.Contains(key))];
        var target = rest.Count >= position
            ? new MoveTarget(position, rest[..(position - 1)], rest[position - 1])
            : new MoveTarget(rest.Count + 1, rest, Behind: null);
        state.MovePlan = MovePlan.For(target, moved.Count, Activity!.NextLineKey);
        var respaced = state.MovePlan.Respaced.Select(pair => pair.Old).ToHashSet();
        state.Concerned = [.. Line.Where(rsvp => respaced.Contains(rsvp.Place!.LineKey))];
    }

    /// <summary>How often a pass let in somebody from behind since the place stands there.</summary>
    public int Overtaken(LinePlace place) => Log
        .Where(entry => entry.Rule == Rules.Pass && entry.LineKey > place.LineKey && entry.Seq > place.LineSeq)
        .Select(entry => (entry.LineKey, entry.After!.PlaceId)).Distinct().Count();

    private static IEnumerable<Guid> Named(Command command) => command.WalkIn is { } walkIn ? [walkIn.UserId] :
        command.RegisterGroup?.Members.Select(member => member.UserId) ?? [command.RsvpUserId ?? command.Caller.UserId];

    private Line LoadLine() => new(
        [.. Places.Select((place, ahead) => new WaitingPlace(place.First().Place!, [.. place], ahead, Overtaken(place.First().Place!)))],
        IsComplete: true);

    private void Save(WorkingSet state, IReadOnlyList<DecidedCommand> decided)
    {
        Activity = state.Activities.Values.Single();
        foreach (var rsvp in state.ChangedRsvps.Values)
        {
            _rsvps[rsvp.UserId] = rsvp;
        }

        state.NewGroups.ForEach(group => _groups.Add(group.Id, group));
        foreach (var (_, activityId, _, entry) in state.Log)
        {
            Log.Add(entry);
            if (entry.Action == LogActions.Created)
            {
                _hosts.Add((activityId, entry.UserId));
            }
        }

        foreach (var one in decided.Where(one => one.IsNew && one.Command.Caller.UserId != Guid.Empty))
        {
            _outcomes.Add(one.Command.RequestId, one.Outcome);
            if (one.KeyId is Guid key)
            {
                _requestsByKey.Add(key, one.Command.RequestId);
            }
        }
    }
}
