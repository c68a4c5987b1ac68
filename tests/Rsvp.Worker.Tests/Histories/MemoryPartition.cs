using Microsoft.Extensions.Logging.Abstractions;
using Rsvp.Contracts;
using Rsvp.Worker.Decisions;
using Rsvp.Worker.Partitions;
using Rsvp.Worker.Waitlist;

namespace Rsvp.Worker.Tests.Histories;

/// <summary>The decision core with a memory in place of the database: loads for a batch what SQL would, and keeps what it decided.</summary>
internal sealed class MemoryPartition
{
    private readonly Fold _fold = new(NullLogger<Fold>.Instance);
    private readonly Dictionary<Guid, RsvpState> _rsvps = [];
    private readonly Dictionary<Guid, CommandOutcome> _outcomes = [];
    private readonly Dictionary<Guid, Guid> _requestsByKey = [];
    private readonly HashSet<(Guid, Guid)> _hosts = [];

    public ActivityState? Activity { get; private set; }

    public List<LogEntry> Log { get; } = [];

    public IReadOnlyCollection<RsvpState> Rsvps => _rsvps.Values;

    /// <summary>Those who wait, next first.</summary>
    public IEnumerable<RsvpState> Line => _rsvps.Values.Where(rsvp => rsvp.Place is not null).OrderBy(rsvp => rsvp.Place!.LineKey);

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
        foreach (var userId in run.Select(command => command.RsvpUserId ?? command.Caller.UserId).Distinct())
        {
            if (_rsvps.GetValueOrDefault(userId) is not RsvpState rsvp)
            {
                continue;
            }

            state.Load(rsvp);
            if (rsvp.Place is LinePlace place)
            {
                state.Line(rsvp.ActivityId).LoadRank(place.LineKey, Line.TakeWhile(other => other != rsvp).Count() + 1);
            }
        }

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

    private Line LoadLine() => new(
        [.. Line.Select(rsvp => new WaitingPlace(rsvp.Place!, [rsvp]))],
        [.. Log.Where(entry => entry.Rule == Rules.Pass).Select(entry => new Overtake(entry.LineKey!.Value, entry.Seq))],
        IsComplete: true);

    private void Save(WorkingSet state, IReadOnlyList<DecidedCommand> decided)
    {
        Activity = state.Activities.Values.Single();
        foreach (var rsvp in state.ChangedRsvps.Values)
        {
            _rsvps[rsvp.UserId] = rsvp;
        }

        foreach (var (activityId, _, entry) in state.Log)
        {
            Log.Add(entry);
            if (entry.Action == LogActions.Created)
            {
                _hosts.Add((activityId, entry.UserId));
            }
        }

        foreach (var one in decided.Where(one => one.IsNew))
        {
            _outcomes.Add(one.Command.RequestId, one.Outcome);
            if (one.KeyId is Guid key)
            {
                _requestsByKey.Add(key, one.Command.RequestId);
            }
        }
    }
}
