using Rsvp.Contracts;

namespace Rsvp.Worker.Decisions;

/// <summary>The state that a batch was loaded with, and what its commands made of it so far.</summary>
internal sealed class WorkingSet
{
    private readonly Dictionary<Guid, ActivityState> _activities = [];
    private readonly Dictionary<(Guid ActivityId, Guid UserId), RsvpState> _rsvps = [];
    private readonly Dictionary<Guid, LineView> _lines = [];

    /// <summary>The batch's only clock: the database's <c>now()</c> when it was loaded.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>Activities as they were loaded, for the guard.</summary>
    public Dictionary<Guid, ActivityState> LoadedActivities { get; } = [];

    /// <summary>Ids of RSVPs that are in the database already.</summary>
    public HashSet<Guid> LoadedRsvpIds { get; } = [];

    /// <summary>Hosts among the callers.</summary>
    public HashSet<(Guid ActivityId, Guid UserId)> Hosts { get; } = [];

    /// <summary>Callers that were deleted.</summary>
    public HashSet<Guid> DeletedUsers { get; } = [];

    /// <summary>Outcomes that were stored before, by request.</summary>
    public Dictionary<Guid, CommandOutcome> OutcomesByRequest { get; } = [];

    /// <summary>Requests by idempotency key.</summary>
    public Dictionary<Guid, Guid> RequestsByKey { get; } = [];

    /// <summary>Log rows of this batch, by activity in seq order.</summary>
    public List<(Guid ActivityId, Guid? RequestId, LogEntry Entry)> Log { get; } = [];

    /// <summary>Activities whose documents changed.</summary>
    public HashSet<Guid> ChangedActivities { get; } = [];

    /// <summary>Activities that this batch opened.</summary>
    public HashSet<Guid> NewActivities { get; } = [];

    /// <summary>RSVPs that this batch changed or made, in their last state.</summary>
    public Dictionary<Guid, RsvpState> ChangedRsvps { get; } = [];

    public IReadOnlyDictionary<Guid, ActivityState> Activities => _activities;

    public ActivityState? Activity(Guid activityId) => _activities.GetValueOrDefault(activityId);

    public RsvpState? Rsvp(Guid activityId, Guid userId) => _rsvps.GetValueOrDefault((activityId, userId));

    public LineView Line(Guid activityId) => _lines[activityId];

    public void Load(ActivityState activity)
    {
        LoadedActivities[activity.Id] = activity;
        _activities[activity.Id] = activity;
        _lines[activity.Id] = new LineView(activity.WaitlistedPlaces);
    }

    public void Load(RsvpState rsvp)
    {
        LoadedRsvpIds.Add(rsvp.Id);
        _rsvps[(rsvp.ActivityId, rsvp.UserId)] = rsvp;
    }

    /// <summary>Makes a decision the state that the next command sees.</summary>
    public void Apply(Decision decision, Guid? requestId)
    {
        var activity = decision.Activity;
        if (!_activities.ContainsKey(activity.Id))
        {
            NewActivities.Add(activity.Id);
            _lines[activity.Id] = new LineView(loadedPlaces: 0);
        }

        var line = Line(activity.Id);
        foreach (var entry in decision.Log)
        {
            Log.Add((activity.Id, requestId, entry));
            if (entry.After is null || entry.Code is not null)
            {
                continue;
            }

            _rsvps[(activity.Id, entry.UserId)] = entry.After;
            ChangedRsvps[entry.After.Id] = entry.After;
            line.Follow(entry.Before?.Place, entry.After.Place);
        }

        // Once per batch, however many of its commands changed the activity.
        if (decision.Changed && ChangedActivities.Add(activity.Id))
        {
            activity = activity with { Version = activity.Version + 1 };
        }

        _activities[activity.Id] = activity;
    }

    /// <summary>Notes that seats are free for the line, after the whole batch was decided.</summary>
    public void OpenVacancy(Guid activityId) =>
        _activities[activityId] = _activities[activityId] with { VacantSince = _activities[activityId].VacantSince ?? Now };
}
