namespace Rsvp.Api.Analytics;

/// <summary>Arranges the sums by hour as patterns.</summary>
internal static class PatternsBuilder
{
    internal static PatternFigures Build(Subject subject, Counts counts)
    {
        string[] asking = ["hour_confirmed", "hour_waitlisted", "hour_refused"];
        var asked = asking.SelectMany(counts.ByNumber).Select(hour => (hour.Key, hour.Count.People)).ToList();
        return new PatternFigures
        {
            WeekdayHours =
            [
                .. asked
                    .Select(hour => (At: DateTimeOffset.FromUnixTimeSeconds(hour.Key), hour.People))
                    .GroupBy(hour => (Weekday: hour.At.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)hour.At.DayOfWeek, hour.At.Hour))
                    .OrderBy(group => group.Key)
                    .Select(group => new WeekdayHour(group.Key.Weekday, group.Key.Hour, group.Sum(hour => hour.People))),
            ],
            LeadTime = [.. LeadTimes.Sum(asked, subject.StartsAt).Select(band => new LeadTimeBand(band.From, band.To, band.People))],
            ReturningShare = AnalyticsBuilder.Rate(counts.People("returning"), counts.People("attending")),
            NoShowByLeadTime = subject.HasStarted ? NoShows(subject, counts) : [],
        };
    }

    private static List<NoShowBand> NoShows(Subject subject, Counts counts)
    {
        var here = LeadTimes.Sum(Hours("asked_here"), subject.StartsAt).ToDictionary(band => band.From ?? int.MinValue, band => band.People);
        return
        [
            .. LeadTimes.Sum(Hours("asked_attending").Concat(Hours("released")), subject.StartsAt).Select(band =>
            {
                var noShow = band.People - here.GetValueOrDefault(band.From ?? int.MinValue);
                return new NoShowBand(band.From, band.To, band.People, noShow, AnalyticsBuilder.Rate(noShow, band.People));
            }),
        ];

        IEnumerable<(long, long)> Hours(string figure) => counts.ByNumber(figure).Select(hour => (hour.Key, hour.Count.People));
    }
}
