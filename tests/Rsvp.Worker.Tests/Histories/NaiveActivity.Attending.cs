namespace Rsvp.Worker.Tests.Histories;

/// <content>What attendees ask for.</content>
internal sealed partial class NaiveActivity
{
    private Answer Submit(int user, int size, bool rejectIfFull, int? group)
    {
        var party = _parties.GetValueOrDefault(user);
        if (party is { Status: not "cancelled" }) return new Answer("already_registered", Rsvp: Show(party));
        if (!RegistrationIsOpen) return new Answer("registration_closed");
        if (size > _maxPartySize) return new Answer("party_too_large");
        if (TurnsAway(size, rejectIfFull) is string code) return new Answer(code);

        party = Enter(user, size, group);
        if ((Line.Count == 0 || !KeepsNewcomersBehind) && Fits(size))
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
                return new ShownMember(member.User, answer.Code is null || MaySee(step, member.User) ? answer.Rsvp : null, answer.Code);
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
            return new Answer(first, Members: ShownMember.List(step.Members.Zip(codes, (member, code) => new ShownMember(
                member.User, code == "already_registered" && MaySee(step, member.User) ? Show(_parties[member.User]) : null, code))));
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

    private static bool MaySee(Step.Group step, int user) => step.ByHost || user == step.Caller;

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

    /// <summary>Why somebody who asks gets neither seats nor a place in line; null when one of them.</summary>
    private string? TurnsAway(int people, bool rejectIfFull)
    {
        if (Line.Count == 0 && Fits(people)) return null;
        if (rejectIfFull || !_waitlistEnabled) return "activity_full";
        return Line.Count >= _waitlistLimit ? "waitlist_full" : null;
    }
}
