namespace Rsvp.Worker.Tests.Histories;

/// <summary>The rules as plainly as they can be written: lists, loops, nothing counted in advance. Knows no code of the worker.</summary>
internal sealed class NaiveActivity(int? capacity, int? skipLimit)
{
    /// <summary>Hours from the beginning of a history until registration closes, and until the activity starts.</summary>
    public const int ClosesAfterHours = 6;
    public const int StartsAfterHours = 12;

    private readonly Dictionary<int, Party> _parties = [];
    private readonly Dictionary<string, Answer> _answers = [];
    private readonly Dictionary<int, string> _requestsByKey = [];
    private int? _capacity = capacity;
    private int? _skipLimit = skipLimit;
    private int? _waitlistLimit;
    private bool _waitlistEnabled = true;
    private int _maxPartySize = 4;
    private int _cutoffMinutes;
    private int _hours;

    /// <summary>Those who wait, next first.</summary>
    public List<Party> Line { get; } = [];

    public IReadOnlyDictionary<int, Party> Parties => _parties;

    public int Confirmed => _parties.Values.Where(party => party.Status == "confirmed").Sum(party => party.Size);

    public int? Capacity => _capacity;

    private int? Free => _capacity - Confirmed;

    private bool RegistrationIsOpen => _hours < ClosesAfterHours;

    private bool PromotionIsOn => _hours * 60 < (StartsAfterHours * 60) - _cutoffMinutes;

    public void Wait(int hours) => _hours += hours;

    /// <summary>Answers a command; one that was answered before gets its first answer again.</summary>
    public Answer Answer(string requestId, int? key, Step step)
    {
        if (_answers.TryGetValue(requestId, out var first))
        {
            return first;
        }

        if (key is int used && !_requestsByKey.TryAdd(used, requestId))
        {
            return _answers[requestId] = new Answer("idempotency_key_reused");
        }

        return _answers[requestId] = step switch
        {
            Step.Submit submit => Submit(submit),
            Step.Update update => Update(update),
            Step.Cancel cancel => Cancel(cancel),
            Step.Change change => Change(change),
            _ => throw new ArgumentOutOfRangeException(nameof(step)),
        };
    }

    /// <summary>Promotes, always looking from the head of the line.</summary>
    /// <returns>The users let in, in order.</returns>
    public List<int> Pass()
    {
        var letIn = new List<int>();
        while (Next() is Party next)
        {
            foreach (var overtaken in Line.TakeWhile(party => party != next))
            {
                overtaken.Overtaken++;
            }

            Line.Remove(next);
            next.Status = "confirmed";
            next.Version++;
            letIn.Add(next.User);
        }

        return letIn;
    }

    /// <summary>Whom a pass would let in now; null when nobody.</summary>
    public Party? Next()
    {
        if (!PromotionIsOn)
        {
            return null;
        }

        foreach (var party in Line)
        {
            if (Fits(party.Size))
            {
                return party;
            }

            if (party.Size <= _capacity && party.Overtaken >= _skipLimit)
            {
                return null;
            }
        }

        return null;
    }

    private Answer Submit(Step.Submit step)
    {
        var party = _parties.GetValueOrDefault(step.User);
        if (party is { Status: not "cancelled" }) return new Answer("already_registered", Rsvp: Show(party));
        if (!RegistrationIsOpen) return new Answer("registration_closed");
        if (step.Size > _maxPartySize) return new Answer("party_too_large");

        var getsSeats = Line.Count == 0 && Fits(step.Size);
        if (!getsSeats && (step.RejectIfFull || !_waitlistEnabled)) return new Answer("activity_full");
        if (!getsSeats && Line.Count >= _waitlistLimit) return new Answer("waitlist_full");

        party ??= _parties[step.User] = new Party { User = step.User };
        party.Size = step.Size;
        party.Text = null;
        party.Version++;
        party.Status = getsSeats ? "confirmed" : "waitlisted";
        if (!getsSeats)
        {
            GoToBack(party);
        }

        return new Answer(null, Created: true, Show(party));
    }

    private Answer Update(Step.Update step)
    {
        if (!_parties.TryGetValue(step.User, out var party)) return new Answer("rsvp_not_found");
        if (!Holds(step.Match, party)) return new Answer("version_mismatch");
        if (party.Status == "cancelled") return new Answer("rsvp_not_found");

        var size = step.Size ?? party.Size;
        var text = step.Text is null ? party.Text : step.Text.Length == 0 ? null : step.Text;
        if (size == party.Size && text == party.Text) return new Answer(null, Rsvp: Show(party));

        if (size > party.Size)
        {
            if (!RegistrationIsOpen) return new Answer("registration_closed");
            if (size > _maxPartySize) return new Answer("party_too_large");
            if (party.Status == "confirmed" && (Line.Count > 0 || !Fits(size - party.Size))) return new Answer("not_enough_capacity");
            if (party.Status == "waitlisted")
            {
                GoToBack(party);
            }
        }

        party.Size = size;
        party.Text = text;
        party.Version++;
        return new Answer(null, Rsvp: Show(party));
    }

    private Answer Cancel(Step.Cancel step)
    {
        if (!_parties.TryGetValue(step.User, out var party)) return new Answer("rsvp_not_found");
        if (!Holds(step.Match, party)) return new Answer("version_mismatch");
        if (party.Status == "cancelled") return new Answer(null, Rsvp: Show(party));

        Line.Remove(party);
        party.Status = "cancelled";
        party.Version++;
        return new Answer(null, Rsvp: Show(party));
    }

    private Answer Change(Step.Change step)
    {
        if (!step.ByHost) return new Answer("not_host");

        switch (step.Setting)
        {
            case Setting.Capacity when step.Value != _capacity && step.Value < Confirmed:
                return new Answer("capacity_below_taken");
            case Setting.Capacity:
                _capacity = step.Value;
                break;
            case Setting.SkipLimit:
                _skipLimit = step.Value;
                break;
            case Setting.WaitlistLimit:
                _waitlistLimit = step.Value;
                break;
            case Setting.WaitlistEnabled:
                _waitlistEnabled = step.Value > 0;
                break;
            case Setting.MaxPartySize:
                _maxPartySize = Math.Max(1, step.Value ?? 1);
                break;
            case Setting.CutoffMinutes:
                _cutoffMinutes = 60 * (step.Value ?? 0);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(step));
        }

        return new Answer(null);
    }

    private bool Fits(int size) => _capacity is null || size <= Free;

    private void GoToBack(Party party)
    {
        Line.Remove(party);
        Line.Add(party);
        party.Overtaken = 0;
    }

    private Shown Show(Party party) =>
        new(party.Status, party.Size, party.Version, party.Status == "waitlisted" ? Line.IndexOf(party) + 1 : null);

    private static bool Holds(Match match, Party party) =>
        !match.IsGiven || (match.Version is long version ? party.Version == version : party.Status != "cancelled");

    internal sealed class Party
    {
        public required int User { get; init; }

        public int Size { get; set; }

        public string? Text { get; set; }

        public string Status { get; set; } = "";

        public long Version { get; set; }

        public int Overtaken { get; set; }
    }
}
