namespace Rsvp.Worker.Tests.Histories;

/// <summary>The rules as plainly as they can be written: lists, loops, nothing counted in advance. Knows no code of the worker.</summary>
internal sealed class NaiveActivity(Beginning beginning)
{
    /// <summary>Hours from the beginning of a history until registration closes, and until the activity starts.</summary>
    public const int ClosesAfterHours = 6;
    public const int StartsAfterHours = 12;

    /// <summary>Parties in the largest group that is not a host's.</summary>
    public const int MaxGroupSize = 3;

    /// <summary>A user whom nobody knows.</summary>
    public const int Stranger = 9;

    private Dictionary<int, Party> _parties = [];
    private readonly List<(int? Creator, int Id)> _groups = [];
    private readonly Dictionary<string, Answer> _answers = [];
    private readonly Dictionary<int, string> _requestsByKey = [];
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
    public List<int> Overtook { get; } = [];

    public IReadOnlyDictionary<int, Party> Parties => _parties;

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

    private Answer Promote(Step.Promote step)
    {
        if (!step.ByHost) return new Answer("not_host");

        var letIn = new List<Party>();
        var places = 0;
        while (places < step.Count && Next(byHost: true) is Place next)
        {
            LetIn(next);
            letIn.AddRange(next.Parties);
            places++;
        }

        return places == 0 && Line.Count > 0 ? new Answer("no_room") : new Answer(null, Members: ShownInUserOrder(letIn));
    }

    private Answer PromoteNamed(Step.PromoteNamed step)
    {
        var results = LetInNamed(step.Users, step.Overrides);
        return results is [{ Code: string code }]
            ? new Answer(code)
            : new Answer(null, Members: ShownMember.List(results.OrderBy(member => member.User)));
    }

    private List<ShownMember> LetInNamed(IReadOnlyList<int> users, bool overrides)
    {
        var letIn = new HashSet<Party>();
        var codes = new List<(int User, string? Code, bool Shows)>();
        foreach (var (user, code) in Named(users))
        {
            if (code is not null)
            {
                codes.Add((user, code, Shows: false));
            }
            else if (letIn.Contains(_parties[user]))
            {
                codes.Add((user, null, Shows: true));
            }
            else if (PlaceOf(_parties[user]) is Place place && (overrides || Fits(place.Size)))
            {
                LetIn(place);
                letIn.UnionWith(place.Parties);
                codes.Add((user, null, Shows: true));
            }
            else
            {
                codes.Add((user, "no_room", Shows: true));
            }
        }

        return codes.ConvertAll(one => new ShownMember(one.User, one.Shows ? Show(_parties[one.User]) : null, one.Code));
    }

    private Answer Bulk(Step.Bulk step)
    {
        if (step.Action == "promote")
        {
            return new Answer(null, Members: ShownMember.List(LetInNamed(step.Users, overrides: false)));
        }

        var named = Named(step.Users);
        List<Party> parties = [.. named.Where(one => one.Code is null).Select(one => _parties[one.User])];
        if (step.Action == "remove")
        {
            parties.ForEach(End);
        }
        else
        {
            List<Place> places = [.. parties.Select(party => PlaceOf(party)!).Distinct()];
            Line.RemoveAll(places.Contains);
            Line.InsertRange(Math.Min(step.ToPosition - 1, Line.Count), places);
            places.ForEach(place => place.Overtaken = 0);
        }

        return new Answer(null, Members: ShownMember.List(
            named.Select(one => new ShownMember(one.User, one.Code is null ? Show(_parties[one.User]) : null, one.Code))));
    }

    /// <summary>Whom a host means; nobody knows the RSVP of somebody who never asked.</summary>
    private List<(int User, string? Code)> Named(IReadOnlyList<int> users)
    {
        var seen = new HashSet<int>();
        return [.. users.Select(user =>
            !_parties.TryGetValue(user, out var party) ? (-1, "rsvp_not_found")
            : !seen.Add(user) ? (user, "duplicate_member")
            : party.Status != "waitlisted" ? (user, "rsvp_not_waiting")
            : (user, (string?)null))];
    }

    private Answer Scan(Step.Scan step)
    {
        if (!_parties.TryGetValue(step.User, out var party)) return new Answer("rsvp_not_found");
        if (step.Undoes && !party.CheckedIn) return new Answer("not_checked_in");
        if (!step.Undoes && party.Status != "confirmed") return new Answer("not_confirmed");
        if (!step.Undoes && party.CheckedIn) return new Answer("already_checked_in", Rsvp: Show(party));

        party.CheckedIn = !step.Undoes;
        party.Version++;
        return new Answer(null, Rsvp: Show(party));
    }

    private Answer WalkIn(Step.WalkIn step)
    {
        if (step.User == Stranger) return new Answer("user_not_found");
        if (_parties.GetValueOrDefault(step.User) is { Status: not "cancelled" }) return new Answer("already_registered");
        if (step.Size > _maxPartySize) return new Answer("party_too_large");
        if (Line.Count > 0 || !Fits(step.Size)) return new Answer("no_room");

        var party = Enter(step.User, step.Size, group: null);
        party.Status = "confirmed";
        party.CheckedIn = true;
        return new Answer(null, Created: true, Show(party));
    }

    private Answer Release()
    {
        if (_hours < StartsAfterHours) return new Answer("not_started");

        List<Party> absent = [.. _parties.Values.Where(party => party.Status == "confirmed" && !party.CheckedIn)];
        absent.ForEach(End);
        _refills = true;
        return new Answer(null, Members: ShownInUserOrder(absent));
    }

    private string ShownInUserOrder(IEnumerable<Party> parties) =>
        ShownMember.List(parties.OrderBy(party => party.User).Select(party => new ShownMember(party.User, Show(party), null)));

    private NaiveActivity Copy()
    {
        var copy = (NaiveActivity)MemberwiseClone();
        copy._parties = _parties.ToDictionary(pair => pair.Key, pair => pair.Value.Copy());
        copy.Line = [.. Line.Select(place => new Place([.. place.Parties.Select(party => copy._parties[party.User])]) { Overtaken = place.Overtaken })];
        return copy;
    }

    private void Expire()
    {
        foreach (var party in _parties.Values.Where(party => party.Status == "offered" && party.OfferEndsAt <= _hours))
        {
            End(party);
            party.OfferExpired = true;
        }
    }

    private Answer Submit(int user, int size, bool rejectIfFull, int? group)
    {
        var party = _parties.GetValueOrDefault(user);
        if (party is { Status: not "cancelled" }) return new Answer("already_registered", Rsvp: Show(party));
        if (!RegistrationIsOpen) return new Answer("registration_closed");
        if (size > _maxPartySize) return new Answer("party_too_large");
        if (TurnsAway(size, rejectIfFull) is string code) return new Answer(code);

        party = Enter(user, size, group);
        if (Line.Count == 0 && Fits(size))
        {
            party.Status = "confirmed";
        }
        else
        {
            party.Status = "waitlisted";
            Line.Add(new Place([party]));
        }

        return new Answer(null, Created: true, Show(party));
    }

    private Answer Register(Step.Group step)
    {
        if (step.Members.Count > (step.ByHost ? 200 : MaxGroupSize)) return new Answer("group_too_large");
        if (step.Members.Select(member => member.User).Distinct().Count() < step.Members.Count) return new Answer("duplicate_member");

        var id = _groups.Count + 1;
        if (!step.AllOrNothing)
        {
            List<ShownMember> shown = [.. step.Members.Select(member =>
            {
                var answer = member.User == Stranger ? new Answer("user_not_found") : Submit(member.User, member.Size, step.RejectIfFull, id);
                var isOwn = !step.ByHost && member.User == step.Caller;
                return new ShownMember(member.User, answer.Code is null ? answer.Rsvp : isOwn ? answer.Rsvp : null, answer.Code);
            })];
            var isAny = shown.Exists(member => member.Code is null);
            if (isAny)
            {
                _groups.Add((step.ByHost ? null : step.Caller, id));
            }

            // Where each stands is said when all were decided.
            return new Answer(null, isAny, Members: ShownMember.List(shown.Select(member =>
                member with { Rsvp = member.Rsvp is null ? null : Show(_parties[member.User]) })));
        }

        if (!RegistrationIsOpen) return new Answer("registration_closed");
        List<string?> codes = [.. step.Members.Select(member =>
            member.User == Stranger ? "user_not_found"
            : _parties.GetValueOrDefault(member.User) is { Status: not "cancelled" } ? "already_registered"
            : member.Size > _maxPartySize ? "party_too_large"
            : null)];
        if (codes.Find(code => code is not null) is string first)
        {
            return new Answer(first, Members: ShownMember.List(step.Members.Zip(codes, (member, code) => new ShownMember(member.User, null, code))));
        }

        var people = step.Members.Sum(member => member.Size);
        if (TurnsAway(people, step.RejectIfFull) is string turnedAway) return new Answer(turnedAway);

        var fits = Line.Count == 0 && Fits(people);
        List<Party> parties = [.. step.Members.Select(member => Enter(member.User, member.Size, id))];
        parties.ForEach(party => party.Status = fits ? "confirmed" : "waitlisted");
        if (!fits)
        {
            Line.Add(new Place(parties));
        }

        _groups.Add((step.ByHost ? null : step.Caller, id));
        return new Answer(null, Created: true, Members: ShownMember.List(parties.Select(party => new ShownMember(party.User, Show(party), null))));
    }

    private Answer CancelAll(Step.CancelGroup step)
    {
        if (_groups.Count == 0) return new Answer("group_not_found");

        var (creator, id) = _groups[step.Which % _groups.Count];
        if (!step.ByHost && creator != step.Caller) return new Answer("group_not_found");

        List<Party> parties = [.. _parties.Values.Where(party => party.Group == id)];
        foreach (var party in parties.Where(party => party.Status != "cancelled"))
        {
            End(party);
        }

        return new Answer(null, Members: ShownMember.List(parties.OrderBy(party => party.User).Select(party => new ShownMember(party.User, Show(party), null))));
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
            if (party.Status == "offered") return new Answer("not_enough_capacity");
            if (party.Status == "confirmed" && (Line.Count > 0 || !Fits(size - party.Size))) return new Answer("not_enough_capacity");
            if (party.Status == "waitlisted")
            {
                var place = PlaceOf(party)!;
                Line.Remove(place);
                Line.Add(place);
                place.Overtaken = 0;
            }
        }

        party.Size = size;
        party.Text = text;
        party.Override = Math.Min(party.Override, size);
        party.Version++;
        return new Answer(null, Rsvp: Show(party));
    }

    private Answer Cancel(int user, Match match)
    {
        if (!_parties.TryGetValue(user, out var party)) return new Answer("rsvp_not_found");
        if (!Holds(match, party)) return new Answer("version_mismatch");
        if (party.Status == "cancelled") return new Answer(null, Rsvp: Show(party));

        End(party);
        return new Answer(null, Rsvp: Show(party));
    }

    private Answer Reply(int user, bool accepts)
    {
        if (!_parties.TryGetValue(user, out var party)) return new Answer("rsvp_not_found");
        if (party.Status != "offered") return new Answer(party.OfferExpired ? "offer_expired" : "no_open_offer");

        if (accepts)
        {
            party.Status = "confirmed";
            party.Version++;
        }
        else
        {
            End(party);
        }

        return new Answer(null, Rsvp: Show(party));
    }

    private Answer Change(Step.Change step)
    {
        if (!step.ByHost) return new Answer("not_host");

        switch (step.Setting)
        {
            case Setting.Capacity when step.Value != _capacity && step.Value < Confirmed + Offered - Overridden:
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
            case Setting.PromotionMode:
                _offers = step.Value > 0;
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(step));
        }

        return new Answer(null);
    }

    /// <summary>Why somebody who asks gets neither seats nor a place in line; null when one of them.</summary>
    private string? TurnsAway(int people, bool rejectIfFull)
    {
        if (Line.Count == 0 && Fits(people)) return null;
        if (rejectIfFull || !_waitlistEnabled) return "activity_full";
        return Line.Count >= _waitlistLimit ? "waitlist_full" : null;
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
