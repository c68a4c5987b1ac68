using Rsvp.Worker.Decisions;

namespace Rsvp.Worker.Rsvps;

/// <summary>Several parties leave, one after the other.</summary>
internal static class Departures
{
    /// <param name="activity">The activity before.</param>
    /// <param name="leaving">Active parties, each once, in the order in which they leave.</param>
    /// <param name="staying">Those who wait in the place of one of them and stay there.</param>
    /// <param name="causeOf">Why each leaves, and by whom.</param>
    /// <param name="now">The database's clock.</param>
    /// <returns>The decision, and the parties as they are after it, in the same order.</returns>
    public static (Decision Decision, IReadOnlyList<RsvpState> Left) All(
        ActivityState activity,
        IReadOnlyList<RsvpState> leaving,
        IEnumerable<RsvpState> staying,
        Func<RsvpState, DepartureCause> causeOf,
        DateTimeOffset now)
    {
        var log = new List<LogEntry>(leaving.Count);
        var left = new List<RsvpState>(leaving.Count);
        var places = staying.Concat(leaving).Where(party => party.Place is not null)
            .GroupBy(party => party.Place!.LineKey).ToDictionary(place => place.Key, place => place.ToList());
        foreach (var party in leaving)
        {
            List<RsvpState> mates = [];
            if (party.Place is LinePlace place)
            {
                mates = places[place.LineKey];
                mates.RemoveAll(mate => mate.Id == party.Id);
            }

            var step = Departure.Step(activity, party, mates, causeOf(party), now);
            activity = step.Activity;
            log.Add(step.Entry);
            left.Add(step.Rsvp);
            if (party.Place is not null)
            {
                places[party.Place.LineKey] = [.. Departure.StayBehind(party, mates)];
            }
        }

        return (new Decision { Activity = activity, Log = log, TakenAlong = [.. places.Values.SelectMany(place => place)], Changed = log.Count > 0 }, left);
    }
}
