using Rsvp.Hosting.Problems;
using Rsvp.Worker.Decisions;
using Rsvp.Worker.Rsvps;

namespace Rsvp.Worker.Waitlist;

/// <summary>A host removes or moves many waiting parties; each is answered.</summary>
internal static class BulkDecision
{
    /// <summary>Ends the RSVPs of the parties named, each alone.</summary>
    /// <param name="activity">The activity; the command runs alone in its transaction.</param>
    /// <param name="named">The parties named, with those who wait in the same place.</param>
    /// <param name="caller">Who asks, and whether that is a host or an admin.</param>
    /// <param name="reason">What was said about it.</param>
    /// <param name="now">The database's clock.</param>
    public static Decision Remove(
        ActivityState activity, IReadOnlyList<NamedParty> named, (Guid Id, bool IsHost) caller, string? reason, DateTimeOffset now)
    {
        if (!caller.IsHost) return Decision.Refuse(activity, ProblemCodes.NotHost);

        List<RsvpState> leaving = [.. named.Where(one => one.Party is not null).Select(one => one.Party!)];
        var staying = named.SelectMany(one => one.Mates).DistinctBy(mate => mate.Id).ExceptBy(leaving.Select(party => party.Id), mate => mate.Id);
        var (decision, left) = Departures.All(activity, leaving, staying, _ => RemoveDecision.CauseOf(caller.Id, reason), now);
        var byId = left.ToDictionary(party => party.Id);
        return decision with { Members = [.. named.Select(one => one.Answer(byId.GetValueOrDefault(one.Party?.Id ?? Guid.Empty)))] };
    }

    /// <summary>Moves the places named, groups whole, to a position and the ones after it, in the order given.</summary>
    /// <param name="activity">The activity; the command runs alone in its transaction.</param>
    /// <param name="named">The parties named, with those who wait in the same place.</param>
    /// <param name="plan">Where they come to stand; one order per place.</param>
    /// <param name="respaced">The parties of the places that make room.</param>
    /// <param name="caller">Who asks, and whether that is a host or an admin.</param>
    /// <param name="reason">What was said about it.</param>
    public static Decision Move(
        ActivityState activity,
        IReadOnlyList<NamedParty> named,
        MovePlan? plan,
        IReadOnlyList<RsvpState> respaced,
        (Guid Id, bool IsHost) caller,
        string? reason)
    {
        if (!caller.IsHost) return Decision.Refuse(activity, ProblemCodes.NotHost);

        var places = PlacesOf(named);
        var log = new List<LogEntry>();
        var positions = new Dictionary<long, int>();
        var moved = new Dictionary<Guid, RsvpState>();

        // Those who make room first, the nearest to the head first, so that nobody is passed on the way.
        foreach (var (old, key) in plan?.Respaced ?? [])
        {
            Restand([.. respaced.Where(party => party.Place!.LineKey == old)], key, LogActions.Respaced, Rules.Respacing, Actor.System, said: null);
        }

        foreach (var (index, place) in places.Index())
        {
            positions[plan!.Keys[index]] = plan.FirstPosition + index;
            Restand(place, plan.Keys[index], LogActions.Moved, Rules.Host, Actor.Host(caller.Id), reason);
        }

        var atEnd = plan is { IsAtEnd: true } ? places.Count * ActivityState.LineStep : 0;
        return new Decision
        {
            Activity = activity with { NextLineKey = activity.NextLineKey + atEnd },
            Log = log,
            Positions = positions,
            Members = [.. named.Select(one => one.Answer(moved.GetValueOrDefault(one.Party?.Id ?? Guid.Empty)))],
            Changed = log.Count > 0,
        };

        void Restand(IReadOnlyList<RsvpState> parties, long key, string action, string rule, Actor actor, string? said)
        {
            var lineSeq = activity.LogSeq + 1;
            foreach (var party in parties)
            {
                activity = activity with { LogSeq = activity.LogSeq + 1 };
                var place = party.Place! with { LineKey = key, LineSeq = lineSeq, IsMoved = plan is not { IsAtEnd: true } };
                moved[party.Id] = party with { Place = place };
                log.Add(new LogEntry
                {
                    Seq = activity.LogSeq,
                    Action = action,
                    Rule = rule,
                    UserId = party.UserId,
                    Before = party,
                    After = moved[party.Id],
                    Spots = party.PartySize,
                    FreeBefore = activity.Free,
                    LineKey = key,
                    Reason = said,
                    Actor = actor,
                });
            }
        }
    }

    /// <summary>The places of those named, each once, in the order named.</summary>
    public static List<IReadOnlyList<RsvpState>> PlacesOf(IReadOnlyList<NamedParty> named) =>
        [.. named.Where(one => one.Party is not null).DistinctBy(one => one.Party!.Place!.LineKey)
            .Select(one => (IReadOnlyList<RsvpState>)[one.Party!, .. one.Mates])];
}
