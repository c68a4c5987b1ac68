namespace Rsvp.Worker.Tests.Histories;

/// <summary>The rules as plainly as they can be written: lists, loops, nothing counted in advance. Knows no code of the worker.</summary>
internal sealed partial class NaiveActivity(Beginning beginning)
{
    /// <summary>Hours from the beginning of a history until registration closes, and until the activity starts.</summary>
    public const int ClosesAfterHours = 6;
    public const int StartsAfterHours = 12;

    /// <summary>Parties in the largest group that is not a host's.</summary>
    public const int MaxGroupSize = 3;

    /// <summary>A user whom nobody knows.</summary>
    public const int Stranger = 9;

    private Dictionary<int, Party> _parties = [];
    private List<(int? Creator, int Id)> _groups = [];
    private Dictionary<string, Answer> _answers = [];
    private Dictionary<int, string> _requestsByKey = [];
    private int? _capacity = beginning.Capacity;
    private int? _skipLimit = beginning.SkipLimit;
    private bool _offers = beginning.Offers;
    private int? _waitlistLimit;
    private bool _waitlistEnabled = true;
    private int _maxPartySize = 4;
    private int _cutoffMinutes;
    private int _hours;
    private bool _refills;

    /// <summary>The places in line, next first.</summary>
    public List<Place> Line { get; private set; } = [];

    /// <summary>Places left behind, for every party that a pass let in, one after the other.</summary>
    public List<int> Overtook { get; private set; } = [];

    /// <summary>False lets newcomers take free seats while others wait; only the control of the comparison does.</summary>
    public bool KeepsNewcomersBehind { get; init; } = true;

    public IReadOnlyDictionary<int, Party> Parties => _parties;

    /// <summary>Everybody who ever asked, as shown.</summary>
    public IEnumerable<(int User, Shown Shown)> Everybody => _parties.Values.OrderBy(party => party.User).Select(party => (party.User, Show(party)));

    public int Confirmed => People("confirmed");

    public int Offered => People("offered");

    public int? Capacity => _capacity;

    /// <summary>People let in beyond the capacity.</summary>
    public int Overridden => _parties.Values.Sum(party => party.Override);

    private int? Free => _capacity is int capacity ? Math.Max(0, capacity - Confirmed - Offered) : null;

    private bool RegistrationIsOpen => _hours < ClosesAfterHours;

    private bool PromotionIsOn => _hours * 60 < (StartsAfterHours * 60) - _cutoffMinutes;

    public void Wait(int hours) => _hours += hours;

    /// <summary>After a batch the system goes on with what a release of no-shows left to do.</summary>
    public void EndBatch()
    {
        while (_refills && Line.Count > 0 && Next(byHost: true) is Place next)
        {
            LetIn(next);
        }

        _refills = false;
    }

    /// <summary>Answers a command; one that was answered before gets its first answer again. The system is not answered.</summary>
    public Answer? Answer(string requestId, int? key, Step step)
    {
        if (step is Step.Pass)
        {
            Pass();
            return null;
        }

        if (step is Step.Expire)
        {
            Expire();
            return null;
        }

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
            Step.Submit submit => Submit(submit.User, submit.Size, submit.RejectIfFull, group: null),
            Step.Group group => Register(group),
            Step.CancelGroup cancel => CancelAll(cancel),
            Step.Update update => Update(update),
            Step.Cancel cancel => Cancel(cancel.User, cancel.Match),
            Step.Accept accept => Reply(accept.User, accepts: true),
            Step.Decline decline => Reply(decline.User, accepts: false),
            Step.Change change => Change(change),
            Step.Promote promote => Promote(promote),
            Step.PromoteNamed promote => PromoteNamed(promote),
            Step.Bulk { DryRun: true } bulk => Copy().Bulk(bulk),
            Step.Bulk bulk => Bulk(bulk),
            Step.Remove remove => Cancel(remove.User, remove.Match),
            Step.Scan scan => Scan(scan),
            Step.WalkIn walkIn => WalkIn(walkIn),
            Step.Release => Release(),
            _ => throw new ArgumentOutOfRangeException(nameof(step)),
        };
    }

    /// <summary>Promotes, always looking from the head of the line.</summary>
    public void Pass()
    {
        while (Next() is Place next)
        {
            Overtook.AddRange(next.Parties.Select(_ => Line.IndexOf(next)));
            foreach (var overtaken in Line.TakeWhile(place => place != next))
            {
                overtaken.Overtaken++;
            }

            LetIn(next);
        }
    }

    /// <summary>Whom a pass would let in now; null when nobody. A host is not bound by the cut-off.</summary>
    public Place? Next(bool byHost = false)
    {
        if (!PromotionIsOn && !byHost)
        {
            return null;
        }

        foreach (var place in Line)
        {
            if (Fits(place.Size))
            {
                return place;
            }

            if (place.Size <= _capacity && place.Overtaken >= _skipLimit)
            {
                return null;
            }
        }

        return null;
    }

    private void LetIn(Place place)
    {
        var beyond = Fits(place.Size) ? 0 : place.Size - Free!.Value;
        Line.Remove(place);
        foreach (var party in place.Parties)
        {
            party.Status = _offers ? "offered" : "confirmed";
            party.OfferEndsAt = _hours < StartsAfterHours ? Math.Min(_hours + beginning.OfferHours, StartsAfterHours) : _hours + beginning.OfferHours;
            party.Version++;
        }

        foreach (var party in place.Parties.OrderBy(party => party.User))
        {
            party.Override = Math.Min(beyond, party.Size);
            beyond -= party.Override;
        }
    }

    private void Expire()
    {
        foreach (var party in _parties.Values.Where(party => party.Status == "offered" && party.OfferEndsAt <= _hours))
        {
            End(party);
            party.OfferExpired = true;
        }
    }

    private Party Enter(int user, int size, int? group)
    {
        if (!_parties.TryGetValue(user, out var party))
        {
            party = _parties[user] = new Party { User = user };
        }

        party.Size = size;
        party.Text = null;
        party.Group = group;
        party.OfferExpired = false;
        party.Status = "";
        party.Version++;
        return party;
    }

    private void End(Party party)
    {
        if (PlaceOf(party) is Place place)
        {
            place.Parties.Remove(party);
            if (place.Parties.Count == 0)
            {
                Line.Remove(place);
            }
        }

        party.Status = "cancelled";
        party.CheckedIn = false;
        party.Override = 0;
        party.Version++;
    }

    private int People(string status) => _parties.Values.Where(party => party.Status == status).Sum(party => party.Size);

    private bool Fits(int size) => _capacity is null || size <= Free;

    private Place? PlaceOf(Party party) => Line.Find(place => place.Parties.Contains(party));

    private Shown Show(Party party) => new(
        party.Status,
        party.Size,
        party.Version,
        PlaceOf(party) is Place place ? Line.IndexOf(place) + 1 : null);

    private static bool Holds(Match match, Party party) =>
        !match.IsGiven || (match.Version is long version ? party.Version == version : party.Status != "cancelled");

    /// <summary>What stands in line as one.</summary>
    internal sealed class Place(List<Party> parties)
    {
        public List<Party> Parties { get; } = parties;

        public int Size => Parties.Sum(party => party.Size);

        public int Overtaken { get; set; }
    }

    internal sealed class Party
    {
        public required int User { get; init; }

        public int Size { get; set; }

        public string? Text { get; set; }

        public string Status { get; set; } = "";

        public long Version { get; set; }

        public int? Group { get; set; }

        public int OfferEndsAt { get; set; }

        public bool OfferExpired { get; set; }

        public bool CheckedIn { get; set; }

        public int Override { get; set; }

        public Party Copy() => (Party)MemberwiseClone();
    }
}
