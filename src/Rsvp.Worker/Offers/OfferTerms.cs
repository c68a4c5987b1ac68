using Rsvp.Worker.Decisions;

namespace Rsvp.Worker.Offers;

/// <summary>How long seats are held for a party, and when it is reminded.</summary>
internal static class OfferTerms
{
    /// <summary>The share of an offer's time that is left when its owner is reminded.</summary>
    private const double RemindShare = 0.25;

    /// <summary>The offer that is made now; no offer outlasts the start of the activity, unless it was made after it.</summary>
    public static (DateTimeOffset ExpiresAt, DateTimeOffset RemindAt) From(ActivityState activity, DateTimeOffset now)
    {
        var expiresAt = now.AddMinutes(activity.Settings.OfferMinutes);
        if (now < activity.Settings.StartsAt && activity.Settings.StartsAt < expiresAt)
        {
            expiresAt = activity.Settings.StartsAt;
        }

        return (expiresAt, expiresAt - ((expiresAt - now) * RemindShare));
    }
}
