namespace Rsvp.Worker.Tests.Histories;

/// <content>What hosts ask for.</content>
internal sealed partial class NaiveActivity
{
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
        if (_parties.GetValueOrDefault(step.User) is { Status: not "cancelled" } known) return new Answer("already_registered", Rsvp: Show(known));
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

    private string ShownInUserOrder(IEnumerable<Party> parties) =>
        ShownMember.List(parties.OrderBy(party => party.User).Select(party => new ShownMember(party.User, Show(party), null)));

    /// <summary>Another one in the same state; what happens to one does not happen to the other.</summary>
    public NaiveActivity Copy()
    {
        var copy = (NaiveActivity)MemberwiseClone();
        copy._groups = [.. _groups];
        copy._answers = new(_answers);
        copy._requestsByKey = new(_requestsByKey);
        copy.Overtook = [.. Overtook];
        copy._parties = _parties.ToDictionary(pair => pair.Key, pair => pair.Value.Copy());
        copy.Line = [.. Line.Select(place => new Place([.. place.Parties.Select(party => copy._parties[party.User])]) { Overtaken = place.Overtaken })];
        return copy;
    }
}
