using Rsvp.Contracts;
using Rsvp.Worker.Groups;
using Rsvp.Worker.Waitlist;

namespace Rsvp.Worker.Decisions;

/// <summary>The state that a batch was loaded with, and what its commands made of it so far.</summary>
internal sealed class WorkingSet
{
    private readonly Dictionary<Guid, ActivityState> _activities = [];
    private readonly Dictionary<(Guid ActivityId, Guid UserId), RsvpState> _rsvps = [];
    private readonly Dictionary<Guid, LineView> _lines = [];
    private readonly Dictionary<Guid, HashSet<Guid>> _allHosts = [];

    /// <summary>The batch's only clock: the database's <c>now()</c> when it was loaded.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>Activities as they were loaded, for the guard.</summary>
    public Dictionary<Guid, ActivityState> LoadedActivities { get; } = [];

    /// <summary>RSVPs that are in the database already, by id, as they were loaded.</summary>
    public Dictionary<Guid, RsvpState> LoadedRsvps { get; } = [];

    /// <summary>Hosts among the callers.</summary>
    public HashSet<(Guid ActivityId, Guid UserId)> Hosts { get; } = [];

    /// <summary>Hosts that this batch adds (true) or removes (false).</summary>
    public Dictionary<(Guid ActivityId, Guid UserId), bool> HostChanges { get; } = [];

    /// <summary>Activities whose hosts this batch changes.</summary>
    public HashSet<Guid> HostsChanged { get; } = [];

    /// <summary>What a host's command needs of the line; null for other commands.</summary>
    public Line? WaitingLine { get; set; }

    /// <summary>Where moved places are to stand; null for other commands.</summary>
    public MovePlan? MovePlan { get; set; }

    /// <summary>Those whom a command of the system is about, or a host's release of no-shows; empty for others.</summary>
    public IReadOnlyList<RsvpState> Concerned { get; set; } = [];

    /// <summary>Those named in the batch who were deleted.</summary>
    public HashSet<Guid> DeletedUsers { get; } = [];

    /// <summary>Those named in the batch, other than as callers, who exist.</summary>
    public HashSet<Guid> KnownUsers { get; } = [];

    /// <summary>Users that this batch deletes.</summary>
    public HashSet<Guid> UsersToDelete { get; } = [];

    /// <summary>Groups named in the batch or made by it, by id.</summary>
    public Dictionary<Guid, GroupState> Groups { get; } = [];

    /// <summary>Groups that this batch made.</summary>
    public List<GroupState> NewGroups { get; } = [];

    /// <summary>Outcomes that were stored before, by request.</summary>
    public Dictionary<Guid, CommandOutcome> OutcomesByRequest { get; } = [];

    /// <summary>Requests by idempotency key.</summary>
    public Dictionary<Guid, Guid> RequestsByKey { get; } = [];

    /// <summary>Log rows of this batch, by activity in seq order. They have their ids from the start, because the event about them carries these too.</summary>
    public List<(Guid LogId, Guid ActivityId, Guid? RequestId, LogEntry Entry)> Log { get; } = [];

    /// <summary>Commands to be sent after the commit.</summary>
    public List<(Guid ActivityId, FollowUp FollowUp)> FollowUps { get; } = [];

    /// <summary>Activities whose documents changed.</summary>
    public HashSet<Guid> ChangedActivities { get; } = [];

    /// <summary>Activities that this batch opened.</summary>
    public HashSet<Guid> NewActivities { get; } = [];

    /// <summary>RSVPs that this batch changed or made, in their last state.</summary>
    public Dictionary<Guid, RsvpState> ChangedRsvps { get; } = [];

    /// <summary>Activities in which an offer was made, answered or ended.</summary>
    public HashSet<Guid> OffersTouched { get; } = [];

    public IReadOnlyDictionary<Guid, ActivityState> Activities => _activities;

    public ActivityState? Activity(Guid activityId) => _activities.GetValueOrDefault(activityId);

    public RsvpState? Rsvp(Guid activityId, Guid userId) => _rsvps.GetValueOrDefault((activityId, userId));

    public LineView Line(Guid activityId) => _lines[activityId];

    /// <summary>The others that wait in a party's place; none unless its group waits as one.</summary>
    public IReadOnlyList<RsvpState> Mates(RsvpState? party) => party is null or { Place: null } || party.PlaceId == party.Id
        ? []
        : [.. Of(party.ActivityId).Where(other => other.Id != party.Id && other.Place is not null && other.PlaceId == party.PlaceId)];

    /// <summary>An RSVP by its id; null unless it was loaded and is to that activity.</summary>
    public RsvpState? RsvpById(Guid activityId, Guid rsvpId) => Of(activityId).FirstOrDefault(rsvp => rsvp.Id == rsvpId);

    /// <summary>Those who came with a group and have not come again without it.</summary>
    public IReadOnlyList<RsvpState> GroupMembers(Guid activityId, Guid groupId) =>
        [.. Of(activityId).Where(rsvp => rsvp.GroupId == groupId).OrderBy(rsvp => rsvp.UserId)];

    /// <summary>The open offers that were loaded, the first to end first.</summary>
    public IReadOnlyList<RsvpState> Offers(Guid activityId) =>
        [.. Of(activityId).Where(rsvp => rsvp.Status == RsvpStatus.Offered).OrderBy(rsvp => rsvp.OfferExpiresAt).ThenBy(rsvp => rsvp.Id)];

    public void Load(ActivityState activity)
    {
        LoadedActivities[activity.Id] = activity;
        _activities[activity.Id] = activity;
        _lines[activity.Id] = new LineView(activity.WaitlistedPlaces, activity.NextLineKey);
    }

    public void Load(RsvpState rsvp)
    {
        LoadedRsvps[rsvp.Id] = rsvp;
        _rsvps[(rsvp.ActivityId, rsvp.UserId)] = rsvp;
    }

    /// <summary>Makes a decision the state that the next command sees.</summary>
    public void Apply(Decision decision, Guid? requestId)
    {
        var activity = decision.Activity;
        if (!_activities.ContainsKey(activity.Id))
        {
            NewActivities.Add(activity.Id);
            var creator = decision.Log.Single(entry => entry.Action == LogActions.Created).UserId;
            Hosts.Add((activity.Id, creator));
            HostsOf(activity.Id).Add(creator);
            _lines[activity.Id] = new LineView(loadedPlaces: 0, nextLineKey: 0);
        }

        foreach (var entry in decision.Log)
        {
            Log.Add((Guid.CreateVersion7(Now), activity.Id, requestId, entry));
            if (entry.After is null || entry.Code is not null)
            {
                continue;
            }

            Keep(entry.After);
            if (entry.Before?.Status == RsvpStatus.Offered || entry.After.Status == RsvpStatus.Offered)
            {
                OffersTouched.Add(activity.Id);
            }
        }

        foreach (var mate in decision.TakenAlong)
        {
            Keep(mate);
        }

        FollowLine(decision);
        foreach (var (lineKey, position) in decision.Positions ?? new Dictionary<long, int>())
        {
            Line(activity.Id).FixPosition(lineKey, position);
        }

        FollowUps.AddRange(decision.FollowUps.Select(followUp => (activity.Id, followUp)));

        // Once per batch, however many of its commands changed the activity.
        if (decision.Changed && ChangedActivities.Add(activity.Id))
        {
            activity = activity with { Version = activity.Version + 1 };
        }

        _activities[activity.Id] = activity;
    }

    /// <summary>Notes that a user is deleted: from the next command on.</summary>
    public void Delete(Guid userId)
    {
        UsersToDelete.Add(userId);
        DeletedUsers.Add(userId);
        KnownUsers.Remove(userId);
    }

    /// <summary>All hosts of an activity whose hosts are to change, or that this batch opened.</summary>
    public HashSet<Guid> HostsOf(Guid activityId)
    {
        if (!_allHosts.TryGetValue(activityId, out var hosts))
        {
            _allHosts[activityId] = hosts = [];
        }

        return hosts;
    }

    /// <summary>Notes that somebody is a host from here on, or is one no more.</summary>
    public void ChangeHost(Guid activityId, Guid userId, bool isAdded)
    {
        HostChanges[(activityId, userId)] = isAdded;
        HostsChanged.Add(activityId);
        _ = isAdded ? Hosts.Add((activityId, userId)) : Hosts.Remove((activityId, userId));
        _ = isAdded ? HostsOf(activityId).Add(userId) : HostsOf(activityId).Remove(userId);
    }

    /// <summary>Notes that a group was made.</summary>
    public void Make(GroupState group)
    {
        Groups[group.Id] = group;
        NewGroups.Add(group);
    }

    private IEnumerable<RsvpState> Of(Guid activityId) => _rsvps.Values.Where(rsvp => rsvp.ActivityId == activityId);

    private void Keep(RsvpState rsvp)
    {
        _rsvps[(rsvp.ActivityId, rsvp.UserId)] = rsvp;
        ChangedRsvps[rsvp.Id] = rsvp;
    }

    /// <summary>Tells the line which places were left and taken, once the whole decision is known: a group moves as one.</summary>
    private void FollowLine(Decision decision)
    {
        var line = Line(decision.Activity.Id);
        foreach (var entry in decision.Log.Where(entry => entry is { Code: null, After: not null }))
        {
            if (entry.After!.Place is LinePlace taken)
            {
                line.Take(taken);
            }

            if (entry.Before?.Place is LinePlace before && before.LineKey != entry.After.Place?.LineKey && !IsTaken(entry.Before, before.LineKey))
            {
                line.Leave(before);
            }
        }

        foreach (var mate in decision.TakenAlong.Where(mate => mate.Place is not null))
        {
            line.Take(mate.Place!);
        }
    }

    private bool IsTaken(RsvpState leaver, long lineKey) =>
        leaver.PlaceId != leaver.Id && Of(leaver.ActivityId).Any(rsvp => rsvp.Place?.LineKey == lineKey);

    /// <summary>Notes that seats are free for the line, after the whole batch was decided.</summary>
    public void OpenVacancy(Guid activityId) =>
        _activities[activityId] = _activities[activityId] with { VacantSince = _activities[activityId].VacantSince ?? Now };
}
