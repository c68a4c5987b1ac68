namespace Rsvp.Api.Analytics;

/// <summary>Arranges the sums as the document; what each figure means is said there.</summary>
internal static class AnalyticsBuilder
{
    internal static AnalyticsDocument Build(Subject subject, Counts counts) => new()
    {
        ActivityId = subject.ActivityId,
        AsOf = subject.AsOf,
        Seq = subject.Seq,
        Funnel = Funnel(subject, counts),
        Timeline = Timeline(counts),
        Patterns = PatternsBuilder.Build(subject, counts),
        PartySize = PartySize(subject, counts),
        Demographics = new DemographicFigures
        {
            AsOf = subject.AttendingAt ?? subject.AsOf,
            Age = Suppression.Of(Groups(counts, "age")),
            City = Suppression.Of(Groups(counts, "city")),
        },
        Waitlist = Waitlist(subject, counts),
        Attendance = Attendance(subject, counts),
    };

    /// <summary>A share; null when there is nothing to divide by.</summary>
    internal static double? Rate(long part, long whole) => whole == 0 ? null : Math.Round((double)part / whole, 4);

    private static long NoShow(Subject subject, Counts counts) =>
        subject.HasStarted ? subject.Confirmed - subject.CheckedIn + counts.People("hour_released") : 0;

    private static FunnelFigures Funnel(Subject subject, Counts counts)
    {
        var atOnce = counts.People("hour_confirmed");
        var waitlisted = counts.People("hour_waitlisted");
        var refused = counts.People("hour_refused");
        var promoted = counts.People("hour_promoted") + counts.People("hour_accepted");
        var cancelled = counts.People("hour_cancelled");
        var asked = atOnce + waitlisted + refused;
        var noShow = NoShow(subject, counts);
        var expected = subject.HasStarted ? subject.CheckedIn + noShow : 0;
        return new FunnelFigures
        {
            Viewed = counts.People("viewed"),
            Asked = asked,
            ConfirmedAtOnce = atOnce,
            Waitlisted = waitlisted,
            Offered = counts.People("hour_offered"),
            Promoted = promoted,
            Refused = counts.Of("refused").OrderBy(code => code.Key, StringComparer.Ordinal).ToDictionary(code => code.Key, code => code.Value.People),
            Cancelled = cancelled,
            CheckedIn = subject.CheckedIn,
            NoShow = noShow,
            Rates = new FunnelRates
            {
                ConfirmedAtOnce = Rate(atOnce, asked),
                Waitlisted = Rate(waitlisted, asked),
                Refused = Rate(refused, asked),
                Promoted = Rate(promoted, waitlisted),
                Cancelled = Rate(cancelled, atOnce + waitlisted),
                CheckedIn = Rate(subject.CheckedIn, expected),
                NoShow = Rate(noShow, expected),
            },
        };
    }

    private static List<TimelineHour> Timeline(Counts counts)
    {
        string[] kinds = ["confirmed", "waitlisted", "refused", "offered", "promoted", "accepted", "cancelled"];
        var hours = new SortedDictionary<long, long[]>();
        foreach (var (index, kind) in kinds.Index())
        {
            foreach (var (hour, count) in counts.ByNumber("hour_" + kind))
            {
                if (!hours.TryGetValue(hour, out var people))
                {
                    hours.Add(hour, people = new long[kinds.Length]);
                }

                people[index] = count.People;
            }
        }

        return [.. hours.Select(hour => new TimelineHour
        {
            Hour = DateTimeOffset.FromUnixTimeSeconds(hour.Key),
            Asked = hour.Value[0] + hour.Value[1] + hour.Value[2],
            ConfirmedAtOnce = hour.Value[0],
            Waitlisted = hour.Value[1],
            Refused = hour.Value[2],
            Offered = hour.Value[3],
            Promoted = hour.Value[4] + hour.Value[5],
            Cancelled = hour.Value[6],
        })];
    }

    private static PartySizeFigures PartySize(Subject subject, Counts counts)
    {
        var confirmed = Sizes("size_confirmed");
        var waitlisted = Sizes("size_waitlisted");
        var refused = Sizes("size_refused");
        var lost = Sizes("size_lost");
        var waiting = subject.HasStarted ? Sizes("size_waiting") : [];
        var histogram = new[] { confirmed, waitlisted, refused, lost, waiting }.SelectMany(sizes => sizes.Keys).Distinct().Order().Select(size => new PartySizeEntry
        {
            Size = (int)size,
            AskedParties = Of(confirmed, size).Parties + Of(waitlisted, size).Parties + Of(refused, size).Parties,
            ConfirmedParties = Of(confirmed, size).Parties,
            WaitlistedParties = Of(waitlisted, size).Parties,
            RefusedParties = Of(refused, size).Parties,
            Lost = Of(lost, size).People + Of(waiting, size).People,
        }).Where(entry => entry.AskedParties != 0 || entry.Lost != 0).ToList();
        return new PartySizeFigures { Histogram = histogram, LostDemand = histogram.Sum(entry => entry.Lost) };

        Dictionary<long, Count> Sizes(string figure) => counts.ByNumber(figure).ToDictionary(size => size.Key, size => size.Count);
        static Count Of(Dictionary<long, Count> sizes, long size) => sizes.GetValueOrDefault(size);
    }

    private static IEnumerable<GroupFigure> Groups(Counts counts, string figure) =>
        counts.Of(figure).Select(group => new GroupFigure(group.Key, group.Value.People));

    private static WaitlistFigures Waitlist(Subject subject, Counts counts)
    {
        var opened = counts.People("openings");
        var filled = counts.People("filled");
        var hours = (counts.People("empty_ms") / 3_600_000d) + (FoldState.Of(counts)?.SeatHoursSince(subject) ?? 0);
        return new WaitlistFigures
        {
            FillRate = Rate(filled, opened),
            SeatsOpened = opened,
            SeatsFilled = filled,
            PromotionSeconds = PercentilesOf(counts, "promotion_ms"),
            AcceptanceSeconds = PercentilesOf(counts, "acceptance_ms"),
            OffersAccepted = counts.People("hour_accepted"),
            OffersDeclined = counts.People("hour_declined"),
            OffersExpired = counts.People("hour_expired"),
            SeatHoursEmpty = Math.Round(hours, 4),
        };
    }

    private static Percentiles PercentilesOf(Counts counts, string figure)
    {
        var sorted = counts.ByNumber(figure).OrderBy(bucket => bucket.Key).Select(bucket => (bucket.Key, bucket.Count.People)).ToList();
        var total = sorted.Sum(bucket => bucket.People);
        return new Percentiles(At(0.5), At(0.95), At(1));

        double? At(double share)
        {
            var rank = (long)Math.Ceiling(share * total);
            foreach (var (milliseconds, people) in sorted)
            {
                rank -= people;
                if (rank <= 0)
                {
                    return milliseconds / 1000d;
                }
            }

            return null;
        }
    }

    private static AttendanceFigures Attendance(Subject subject, Counts counts)
    {
        var noShow = NoShow(subject, counts);
        return new AttendanceFigures
        {
            Confirmed = subject.Confirmed,
            CheckedIn = subject.CheckedIn,
            NoShow = noShow,
            Released = counts.People("hour_released"),
            WalkIns = counts.People("walk_in"),
            Occupancy = Rate(subject.CheckedIn, subject.Capacity ?? 0),
            ShowRate = Rate(subject.CheckedIn, subject.HasStarted ? subject.CheckedIn + noShow : 0),
        };
    }
}
