namespace Rsvp.Api.Analytics;

/// <summary>The bands of lead time: how long before the start something was asked.</summary>
internal static class LeadTimes
{
    // An hour, a day, three days, a week, two weeks, thirty days.
    private static readonly int[] Bounds = [0, 1, 24, 72, 168, 336, 720];

    /// <summary>Sums by band, the shortest lead first; bands with nothing are left out.</summary>
    /// <param name="hours">What was counted, by the Unix seconds at which its hour begins.</param>
    /// <param name="startsAt">The start.</param>
    internal static IEnumerable<(int? From, int? To, long People)> Sum(IEnumerable<(long Hour, long People)> hours, DateTimeOffset startsAt)
    {
        var sums = new long[Bounds.Length + 1];
        foreach (var (hour, people) in hours)
        {
            var lead = startsAt - DateTimeOffset.FromUnixTimeSeconds(hour);
            sums[Bounds.Count(bound => lead.TotalHours >= bound)] += people;
        }

        for (var band = 0; band < sums.Length; band++)
        {
            if (sums[band] != 0)
            {
                yield return (band == 0 ? null : Bounds[band - 1], band == Bounds.Length ? null : Bounds[band], sums[band]);
            }
        }
    }
}
