namespace Rsvp.Api.Analytics;

/// <summary>What became of an activity, in figures. They are counted from the decision log and the RSVPs, never from requests.</summary>
/// <remarks>
/// Every figure counts people, a party by its size at the step that is counted, unless its name ends in <c>Parties</c>. Shares and rates are rounded
/// to four digits and null when there is nothing to divide by. Hours and days are UTC.
/// </remarks>
internal sealed record AnalyticsDocument
{
    /// <summary>The activity.</summary>
    public required Guid ActivityId { get; init; }

    /// <summary>The moment that the figures are of.</summary>
    public required DateTimeOffset AsOf { get; init; }

    /// <summary>The number of the newest decision that is counted.</summary>
    public required long Seq { get; init; }

    /// <summary>From looking to coming.</summary>
    public required FunnelFigures Funnel { get; init; }

    /// <summary>Hours in which something was decided, the earliest first.</summary>
    public required IReadOnlyList<TimelineHour> Timeline { get; init; }

    /// <summary>When and by whom was asked.</summary>
    public required PatternFigures Patterns { get; init; }

    /// <summary>How large the parties were.</summary>
    public required PartySizeFigures PartySize { get; init; }

    /// <summary>Who is coming.</summary>
    public required DemographicFigures Demographics { get; init; }

    /// <summary>How well the line was served.</summary>
    public required WaitlistFigures Waitlist { get; init; }

    /// <summary>Who came.</summary>
    public required AttendanceFigures Attendance { get; init; }
}

/// <summary>From looking to coming. <c>asked = confirmedAtOnce + waitlisted + all of refused</c>.</summary>
internal sealed record FunnelFigures
{
    /// <summary>Views: one per signed-in user and UTC day; the only best-effort figure, a few seconds behind.</summary>
    public required long Viewed { get; init; }

    /// <summary>People for whom a place was asked, what was refused and who walked in included. Asking twice counts twice; growth of a party is no asking.</summary>
    public required long Asked { get; init; }

    /// <summary>Confirmed when they asked.</summary>
    public required long ConfirmedAtOnce { get; init; }

    /// <summary>Came to stand in line when they asked.</summary>
    public required long Waitlisted { get; init; }

    /// <summary>Were offered a place from the line.</summary>
    public required long Offered { get; init; }

    /// <summary>Were confirmed from the line: by a pass, by a host, or by accepting an offer.</summary>
    public required long Promoted { get; init; }

    /// <summary>Were refused, by the code of the refusal.</summary>
    public required IReadOnlyDictionary<string, long> Refused { get; init; }

    /// <summary>Their RSVP ended, confirmed or waiting, whoever ended it; not by an offer declined or expired, nor by release as a no-show.</summary>
    public required long Cancelled { get; init; }

    /// <summary>Are checked in now.</summary>
    public required long CheckedIn { get; init; }

    /// <summary>From the start on: are confirmed and not checked in, or were released as no-shows. 0 before the start.</summary>
    public required long NoShow { get; init; }

    /// <summary>The same as shares.</summary>
    public required FunnelRates Rates { get; init; }
}

/// <summary>Shares of the funnel, 0 to 1; null when there is nothing to divide by.</summary>
internal sealed record FunnelRates
{
    /// <summary><c>confirmedAtOnce / asked</c>.</summary>
    public double? ConfirmedAtOnce { get; init; }

    /// <summary><c>waitlisted / asked</c>.</summary>
    public double? Waitlisted { get; init; }

    /// <summary>All of <c>refused / asked</c>.</summary>
    public double? Refused { get; init; }

    /// <summary><c>promoted / waitlisted</c>.</summary>
    public double? Promoted { get; init; }

    /// <summary><c>cancelled / (confirmedAtOnce + waitlisted)</c>.</summary>
    public double? Cancelled { get; init; }

    /// <summary><c>checkedIn / (checkedIn + noShow)</c>; null before the start.</summary>
    public double? CheckedIn { get; init; }

    /// <summary><c>noShow / (checkedIn + noShow)</c>; null before the start.</summary>
    public double? NoShow { get; init; }
}

/// <summary>One hour of decisions; the figures are those of the funnel.</summary>
internal sealed record TimelineHour
{
    /// <summary>When the hour begins.</summary>
    public required DateTimeOffset Hour { get; init; }

    public required long Asked { get; init; }

    public required long ConfirmedAtOnce { get; init; }

    public required long Waitlisted { get; init; }

    public required long Refused { get; init; }

    public required long Offered { get; init; }

    public required long Promoted { get; init; }

    public required long Cancelled { get; init; }
}

/// <summary>When and by whom was asked.</summary>
internal sealed record PatternFigures
{
    /// <summary>By weekday and hour of asking; only pairs at which somebody asked.</summary>
    public required IReadOnlyList<WeekdayHour> WeekdayHours { get; init; }

    /// <summary>By the time from the beginning of the hour of asking to the start of the activity as it is set now.</summary>
    public required IReadOnlyList<LeadTimeBand> LeadTime { get; init; }

    /// <summary>
    /// Share of returning attendees: of those who are confirmed now (the people with the RSVP, not their guests), those with a confirmed RSVP to
    /// another activity that began before this one and has begun by now.
    /// </summary>
    public double? ReturningShare { get; init; }

    /// <summary>No-shows by the time from the beginning of the hour in which the party first asked to the start; empty before the start.</summary>
    public required IReadOnlyList<NoShowBand> NoShowByLeadTime { get; init; }
}

/// <summary>Asked at one hour of one weekday.</summary>
/// <param name="Weekday">1 is Monday, 7 is Sunday.</param>
/// <param name="Hour">0 to 23.</param>
/// <param name="Asked">As in the funnel.</param>
internal sealed record WeekdayHour(int Weekday, int Hour, long Asked);

/// <summary>Asked so long before the start.</summary>
/// <param name="HoursFrom">At least so many hours; below 0 is after the start, null without bound.</param>
/// <param name="HoursTo">Less than so many hours; null without bound.</param>
/// <param name="Asked">As in the funnel.</param>
internal sealed record LeadTimeBand(int? HoursFrom, int? HoursTo, long Asked);

/// <summary>Who did not come of those who asked so long before the start.</summary>
/// <param name="HoursFrom">At least so many hours; null without bound.</param>
/// <param name="HoursTo">Less than so many hours; null without bound.</param>
/// <param name="Expected">Are confirmed, or were released as no-shows.</param>
/// <param name="NoShow">Of these, not checked in.</param>
/// <param name="Rate"><c>noShow / expected</c>.</param>
internal sealed record NoShowBand(int? HoursFrom, int? HoursTo, long Expected, long NoShow, double? Rate);
