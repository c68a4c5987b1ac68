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

    public ActivityState? Activity { get; private set; }

    public List<LogEntry> Log { get; } = [];

    public IReadOnlyCollection<RsvpState> Rsvps => _rsvps.Values;

    /// <summary>Those who wait, next first.</summary>
    public IEnumerable<RsvpState> Line => _rsvps.Values.Where(rsvp => rsvp.Place is not null).OrderBy(rsvp => rsvp.Place!.LineKey);

    /// <summary>The places in line, next first, with everybody in them.</summary>
    public IEnumerable<IGrouping<long, RsvpState>> Places => Line.GroupBy(rsvp => rsvp.Place!.LineKey);

    /// <summary>Applies a batch.</summary>
    public IReadOnlyList<CommandOutcome> Apply(IReadOnlyList<Command> commands, DateTimeOffset now) =>
        [.. Runs.Split(commands).SelectMany(run => ApplyRun(run, now))];

    private List<CommandOutcome> ApplyRun(IReadOnlyList<Command> run, DateTimeOffset now)
    {
        var state = Load(run, now);
        if (run is [{ PromoteWaitlist: not null } command])
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

        var decided = _fold.Decide(state, run);
        Fold.OpenVacancies(state);
        Save(state, decided);
        return [.. decided.Select(one => one.Outcome)];
    }

    private WorkingSet Load(IReadOnlyList<Command> run, DateTimeOffset now)
    {
        var state = new WorkingSet { Now = now };
        if (Activity is not null)
        {
            state.Load(Activity);
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

    private static IEnumerable<Guid> Named(Command command) =>
        command.RegisterGroup?.Members.Select(member => member.UserId) ?? [command.RsvpUserId ?? command.Caller.UserId];

    private Line LoadLine() => new(
        [.. Places.Select((place, ahead) => new WaitingPlace(place.First().Place!, [.. place], ahead))],
        [.. Log.Where(entry => entry.Rule == Rules.Pass).GroupBy(entry => entry.LineKey!.Value, (key, rows) => new Overtake(key, rows.Max(row => row.Seq)))],
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
