using Rsvp.Worker.Decisions;

namespace Rsvp.Worker.Waitlist;

/// <summary>Whether seats are free that a pass may give to somebody in line.</summary>
internal static class Vacancy
{
    /// <summary>True when a pass could promote; the pass itself knows whether the line stops at a place that was overtaken often enough.</summary>
    /// <param name="activity">The activity after a batch.</param>
    /// <param name="smallestPlaceSpots">A lower bound of the people in the smallest waiting place.</param>
    /// <param name="now">The database's clock.</param>
    public static bool Exists(ActivityState activity, int smallestPlaceSpots, DateTimeOffset now) =>
        activity.SomebodyWaits
        && activity.CancelledAt is null
        && now < activity.PromotionEndsAt
        && activity.Fits(smallestPlaceSpots);
}
