namespace Rsvp.Worker.Audit;

/// <summary>Replays the log of one activity, and judges every step by the policy that DESIGN calls the waitlist's.</summary>
/// <param name="activityId">The activity.</param>
/// <param name="report">Takes what is wrong.</param>
/// <remarks>
/// Written from the rules, not from the worker's code: the two must not share a mistake. It is told by the statuses of a row what happened, so
/// that actions it does not know are replayed too.
/// </remarks>
internal sealed class ActivityReplay(Guid activityId, Action<Violation> report)
{
    /// <summary>After that many the replay of an activity ends: the later ones only follow from the first.</summary>
    private const int ViolationsMax = 5;

    private readonly Dictionary<Guid, Party> _parties = [];
    private readonly ReplayedLine _line = new();
    private ReplayedSettings? _settings;
    private PresentState _present;
    private LogRow _row;
    private long _lastSeq;
    private int _taken;
    private int _violations;
    private bool _isOver;
    private bool _wasOverridden;

    /// <summary>The place that is being let in, row by row, and the one that is joining, with what was true before its first row.</summary>
    private ReplayedPlace? _entering;
    private (ReplayedPlace Place, bool LineWasEmpty, int? Free)? _joining;

    public Guid ActivityId { get; } = activityId;

    private int? Free => _settings?.Capacity is int capacity ? Math.Max(0, capacity - _taken) : null;

    /// <summary>Replays the next row, in seq order.</summary>
    public void Step(in LogRow row)
    {
        _row = row;
        _present = row.Present;
        if (row.Seq != ++_lastSeq)
        {
            _isOver = true; // A row is missing: nothing can be concluded from the rest, and I6 tells of the gap.
        }

        if (_isOver)
        {
            return;
        }

        FinishPlaces(
            enters: row.PreviousStatus == "waitlisted" && row.NewStatus is "confirmed" or "offered" ? row.PlaceId : null,
            joins: row.PreviousStatus != "waitlisted" && row.NewStatus == "waitlisted" ? row.PlaceId : null);
        if (row.Action == "created")
        {
            ReadSettings();
        }

        if (row.FreeBefore != Free)
        {
            Wrong($"free_before is {Text(row.FreeBefore)}, but the replay has {Text(Free)} free");
        }

        if (row.Action == "settings_changed")
        {
            ChangeSettings();
        }

        if (row is { Code: null, RsvpId: Guid rsvpId })
        {
            Change(rsvpId);
        }
    }

    /// <summary>Compares where the replay ended with where the tables are.</summary>
    public void End()
    {
        if (_isOver)
        {
            return;
        }

        FinishPlaces(enters: null, joins: null);
        if (_settings?.Capacity != _present.Capacity || _settings?.SkipLimit != _present.SkipLimit)
        {
            Wrong($"the log ends with capacity {Text(_settings?.Capacity)} and skip limit {Text(_settings?.SkipLimit)}, "
                + $"but the activity has {Text(_present.Capacity)} and {Text(_present.SkipLimit)}");
        }

        if (_line.PartyCount != _present.WaitingParties || _line.KeySum != _present.LineKeys)
        {
            Wrong($"the log ends with {_line.PartyCount} parties in line (keys add up to {_line.KeySum}), "
                + $"but {_present.WaitingParties} RSVPs wait (keys add up to {_present.LineKeys})");
        }
    }

    private void Change(Guid rsvpId)
    {
        var before = _parties.GetValueOrDefault(rsvpId, new Party("cancelled", 0, Guid.Empty));
        var isNew = !_parties.ContainsKey(rsvpId) && _row.PreviousStatus is null;
        if (!isNew && _row.PreviousStatus != before.Status)
        {
            Wrong($"it says that the party was {_row.PreviousStatus ?? "new"}, but the replay has it {before.Status}");
        }

        var after = new Party(_row.NewStatus ?? "cancelled", _row.Spots, _row.PlaceId ?? rsvpId);
        if (_row.SpotsAffected != after.Seats - before.Seats)
        {
            Wrong($"spots_affected is {_row.SpotsAffected}, but seats taken go from {before.Seats} to {after.Seats}");
        }

        switch (before.Waits, after.Waits)
        {
            case (false, true):
                Join(rsvpId, before, after);
                break;
            case (true, true):
                Stay(rsvpId, before, after);
                break;
            case (true, false):
                Leave(rsvpId, before, after);
                break;
            case (false, false) when after.Seats > before.Seats:
                TakeSeats(before, after);
                break;
            default:
                break;
        }

        _wasOverridden |= _row.IsOverride;
        _taken += after.Seats - before.Seats;
        _parties[rsvpId] = after;
        if (after.Status == "cancelled")
        {
            _parties.Remove(rsvpId);
        }
    }

    /// <summary>Seats for somebody who did not wait: on arrival, or for a party that grows.</summary>
    private void TakeSeats(Party before, Party after)
    {
        if (_row.IsOverride)
        {
            return;
        }

        var seats = after.Seats - before.Seats;
        if (before.Status == "offered" && after.Status == "offered")
        {
            Wrong($"an offered party grew from {before.Spots} to {after.Spots}");
        }

        if (!_line.IsEmpty)
        {
            Wrong($"{seats} seats were given to somebody who did not wait (rule {_row.Rule}), while {_line.PartyCount} parties were waiting");
        }

        if (seats > Free)
        {
            Wrong($"{seats} seats were given (rule {_row.Rule}), but {Free} were free");
        }
    }

    private void Join(Guid rsvpId, Party before, Party after)
    {
        if (before.Seats > 0)
        {
            Wrong($"a party that was {before.Status} was put back in line");
        }

        if (_row.LineKey is not long key)
        {
            Wrong("it joins the line without a line_key");
            return;
        }

        var joins = _line.Find(after.PlaceId) is null;
        if (joins && key <= _line.LastKey)
        {
            Wrong($"it joins the line at key {key}, but the last in line stands at {_line.LastKey}");
        }

        var wasEmpty = _line.IsEmpty;
        var place = _line.Join(after.PlaceId, rsvpId, after.Spots, key);
        if (place.Key != key)
        {
            Wrong($"it joins place {place.Id} at key {key}, but the place stands at {place.Key}");
        }

        if (joins)
        {
            _joining = (place, wasEmpty, Free);
        }
        else if (_joining?.Place != place)
        {
            Wrong($"it joins place {place.Id}, which was in line already");
        }
    }

    private void Stay(Guid rsvpId, Party before, Party after)
    {
        if (_line.Find(before.PlaceId) is not ReplayedPlace place)
        {
            Wrong($"place {before.PlaceId} is not in line");
            return;
        }

        if (after.Spots > before.Spots && _row.LineKey == place.Key && _row.Action != "moved_to_back")
        {
            Wrong($"a waiting party grew from {before.Spots} to {after.Spots} and kept its place");
        }

        // A host may move a place to where it stands: it is counted anew from there all the same.
        var isRestood = _row.Action is "moved" or "respaced";
        if (_row.LineKey is long key && (isRestood || key != place.Key))
        {
            if (!isRestood && key <= _line.LastKey)
            {
                Wrong($"it goes from key {place.Key} to {key}, but the last in line stands at {_line.LastKey}");
            }

            place = _line.Move(place, key);
        }

        place.Resize(rsvpId, after.Spots);
    }

    private void Leave(Guid rsvpId, Party before, Party after)
    {
        if (_line.Find(before.PlaceId) is not ReplayedPlace place)
        {
            Wrong($"place {before.PlaceId} is not in line");
            return;
        }

        if (_row.LineKey != place.Key)
        {
            Wrong($"it leaves the line at key {Text(_row.LineKey)}, but stood at {place.Key}");
        }

        if (after.Seats > 0 && _entering != place)
        {
            LetIn(place);
            _entering = place;
        }

        _line.Leave(place, rsvpId);
    }

    /// <summary>Judges the promotion of a place at its first row.</summary>
    private void LetIn(ReplayedPlace place)
    {
        if (place.Spots > Free && !_row.IsOverride)
        {
            Wrong($"place {place.Id} of {place.Spots} people was let in (rule {_row.Rule}), but {Free} seats were free");
        }

        if (_row.Rule != "pass")
        {
            return; // A host's choice, on record; it is not an overtake.
        }

        if (_row.At >= _settings?.PromotionEndsAt)
        {
            Wrong($"a pass let place {place.Id} in at {_row.At:O}, after the cut-off {_settings.PromotionEndsAt:O}");
        }

        foreach (var ahead in _line.Ahead(place))
        {
            if (Free is not int free || ahead.Spots <= free)
            {
                Wrong($"a pass let place {place.Id} (key {place.Key}, {place.Spots} people) in before place {ahead.Id} "
                    + $"(key {ahead.Key}, {ahead.Spots} people), which fits into {Text(Free)} free seats too");
                break;
            }

            if (ahead.Spots <= _settings?.Capacity && ahead.Overtaken >= _settings.SkipLimit)
            {
                Wrong($"a pass let place {place.Id} (key {place.Key}) in past place {ahead.Id} (key {ahead.Key}, {ahead.Spots} people), "
                    + $"which had been overtaken {ahead.Overtaken} times; the skip limit is {_settings.SkipLimit}");
                break;
            }

            ahead.Overtaken++;
        }
    }

    /// <summary>Judges places of several parties once their last row was seen.</summary>
    /// <param name="enters">The place that the present row lets in.</param>
    /// <param name="joins">The place that the present row puts in line.</param>
    private void FinishPlaces(Guid? enters, Guid? joins)
    {
        if (_entering is ReplayedPlace entered && entered.Id != enters)
        {
            _entering = null;
            if (entered.Parties.Count > 0)
            {
                Wrong($"before it, place {entered.Id} was let in, but {entered.Parties.Count} of its parties were left in line");
            }
        }

        if (_joining is var (joined, lineWasEmpty, free) && joined.Id != joins)
        {
            _joining = null;
            if (lineWasEmpty && (free is null || joined.Spots <= free))
            {
                Wrong($"before it, place {joined.Id} of {joined.Spots} people had to wait, though nobody waited and {Text(free)} seats were free");
            }
        }
    }

    private void ReadSettings()
    {
        if (ReplayedSettings.Parse(_row.Metadata) is ReplayedSettings settings)
        {
            _settings = settings;
        }
        else
        {
            Wrong($"the settings of {_row.Action} are missing");
        }
    }

    private void ChangeSettings()
    {
        var before = _settings?.Capacity;
        ReadSettings();
        if (_settings?.Capacity is int capacity && capacity != before && _taken > capacity && !_wasOverridden)
        {
            Wrong($"the capacity was lowered to {capacity} while {_taken} seats were taken");
        }
    }

    private void Wrong(string what)
    {
        report(new Violation(ActivityId, _row.RsvpId, $"log row {_row.Seq} ({_row.Action}): {what}"));
        _isOver = ++_violations >= ViolationsMax;
    }

    private static string Text(int? number) => number?.ToString(null, null) ?? "unlimited";

    private static string Text(long? number) => number?.ToString(null, null) ?? "null";

    /// <summary>A party at one moment of the replay.</summary>
    /// <param name="Status">Its status.</param>
    /// <param name="Spots">Its people.</param>
    /// <param name="PlaceId">The place it waits in.</param>
    private readonly record struct Party(string Status, int Spots, Guid PlaceId)
    {
        public bool Waits => Status == "waitlisted";

        public int Seats => Status is "confirmed" or "offered" ? Spots : 0;
    }
}
