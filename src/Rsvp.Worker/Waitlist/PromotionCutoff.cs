namespace Rsvp.Worker.Waitlist;

/// <summary>Until when the line is promoted without a host.</summary>
internal static class PromotionCutoff
{
    /// <summary>When that ends.</summary>
    /// <param name="startsAt">When the activity starts; any time, also the first there is.</param>
    /// <param name="minutes">How long before; not negative.</param>
    public static DateTimeOffset EndsAt(DateTimeOffset startsAt, int minutes)
    {
        var cutoff = TimeSpan.FromMinutes(minutes);
        return startsAt - DateTimeOffset.MinValue > cutoff ? startsAt - cutoff : DateTimeOffset.MinValue;
    }
}
