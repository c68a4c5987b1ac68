using Rsvp.Worker.Decisions;

namespace Rsvp.Worker.Waitlist;

/// <summary>Who is next: lets in, in line order, every place that fits, until no allowed place fits.</summary>
internal static class Pass
{
    /// <summary>Places that one pass lets in at most: bounds the transaction; the rest is another pass.</summary>
    public const int PlacesMax = 500;

    /// <summary>Walks the line.</summary>
    /// <param name="activity">The activity; seats free and capacity count.</param>
    /// <param name="line">The line, in order.</param>
    /// <param name="placesMax">How many to let in at most.</param>
    /// <param name="countsOvertakes">Whether those let in by this walk count as overtakes; what a host does does not.</param>
    /// <returns>The places to let in, in order, and whether the walk stopped only because of its bound.</returns>
    public static (IReadOnlyList<WaitingPlace> LetIn, bool MoreLeft) Walk(ActivityState activity, Line line, int placesMax = PlacesMax, bool countsOvertakes = true)
    {
        var letIn = new List<WaitingPlace>();
        var leftBehind = new List<LeftBehind>();
        var free = activity.Free;

        foreach (var place in line.Places)
        {
            var spots = place.Place.Spots;
            if (spots > activity.Settings.Capacity)
            {
                continue; // It can never fit: passed over, and the line does not stop at it.
            }

            if (spots > free)
            {
                leftBehind.Add(new LeftBehind(place.Overtaken, letIn.Count));
                continue;
            }

            if (leftBehind.Any(behind => behind.Overtaken(countsOvertakes ? letIn.Count : behind.LetInBefore) >= activity.Settings.SkipLimit))
            {
                return (letIn, MoreLeft: false);
            }

            if (letIn.Count == placesMax)
            {
                return (letIn, MoreLeft: true);
            }

            letIn.Add(place);
            free -= spots;
        }

        return (letIn, MoreLeft: !line.IsComplete && letIn.Count > 0);
    }

    /// <summary>A place that did not fit when the walk came by.</summary>
    private readonly record struct LeftBehind(int OvertakenBefore, int LetInBefore)
    {
        /// <summary>Overtaken in all, those of the running walk included.</summary>
        public int Overtaken(int letInNow) => OvertakenBefore + letInNow - LetInBefore;
    }
}
