namespace Rsvp.Api.Analytics;

/// <summary>How large the parties were.</summary>
internal sealed record PartySizeFigures
{
    /// <summary>One entry per size that was asked for or lost, the smallest first.</summary>
    public required IReadOnlyList<PartySizeEntry> Histogram { get; init; }

    /// <summary>The sum of <see cref="PartySizeEntry.Lost"/>.</summary>
    public required long LostDemand { get; init; }
}

/// <summary>Parties of one size.</summary>
internal sealed record PartySizeEntry
{
    /// <summary>People in the party.</summary>
    public required int Size { get; init; }

    /// <summary>Parties of that size that asked, what was refused included.</summary>
    public required long AskedParties { get; init; }

    /// <summary>Of these, confirmed at once.</summary>
    public required long ConfirmedParties { get; init; }

    /// <summary>Of these, waitlisted.</summary>
    public required long WaitlistedParties { get; init; }

    /// <summary>Of these, refused, for whatever reason.</summary>
    public required long RefusedParties { get; init; }

    /// <summary>
    /// People who wanted a place and got none for want of room: refused with <c>activity_full</c>, <c>waitlist_full</c> or <c>party_too_large</c>, left the
    /// line before their turn (the activity's calling off apart), and, from the start on, who waits still.
    /// </summary>
    public required long Lost { get; init; }
}

/// <summary>Who is coming: the people with a confirmed RSVP now; of their guests nothing is known.</summary>
internal sealed record DemographicFigures
{
    /// <summary>When it was counted; at most some minutes ago in an activity with thousands of people.</summary>
    public required DateTimeOffset AsOf { get; init; }

    /// <summary>By age in the year of the activity; <c>unknown</c> without a year of birth.</summary>
    public required GroupFigures Age { get; init; }

    /// <summary>By city as its people write it, upper and lower case apart; <c>unknown</c> without one.</summary>
    public required GroupFigures City { get; init; }
}

/// <summary>Groups of at least five people.</summary>
internal sealed record GroupFigures
{
    /// <summary>The groups that may be shown, the largest first.</summary>
    public required IReadOnlyList<GroupFigure> Groups { get; init; }

    /// <summary>
    /// People in all other groups together: at least five or none. When the groups of fewer than five people are fewer than five people together, the
    /// smallest of the others joins them, so that no group follows from the total. Null when there are fewer than five people in all.
    /// </summary>
    public long? Others { get; init; }
}

/// <summary>One group.</summary>
/// <param name="Name">Its name.</param>
/// <param name="People">Its people; at least five.</param>
internal sealed record GroupFigure(string Name, long People);

/// <summary>How well the line was served.</summary>
/// <remarks>
/// Seats are <em>usable</em> when they are free while somebody waits: as many as are free, but no more than people wait, as the log has it after each of its rows.
/// When they become more, openings come to be; when they become fewer, the oldest openings end, filled by a promotion or withdrawn.
/// </remarks>
internal sealed record WaitlistFigures
{
    /// <summary><c>seatsFilled / seatsOpened</c>: of the seats that came free for the line, the share that was given to it.</summary>
    public double? FillRate { get; init; }

    /// <summary>Seats that came to be usable: freed while somebody waited, or free when somebody began to wait.</summary>
    public required long SeatsOpened { get; init; }

    /// <summary>Of these, given to the line, as a seat or as an offer. Seats beyond the capacity (a host's override) are in neither.</summary>
    public required long SeatsFilled { get; init; }

    /// <summary>
    /// From the vacancy to the row that confirmed or offered: the vacancy is the row that opened the newest of the seats that the place got, the oldest open
    /// seats being given first, or the last change of the waiting party itself (such as its joining) if that was later. Once per person let in, an
    /// override without a free seat apart.
    /// </summary>
    public required Percentiles PromotionSeconds { get; init; }

    /// <summary>From the offer to its acceptance, once per person.</summary>
    public required Percentiles AcceptanceSeconds { get; init; }

    /// <summary>People whose offer was accepted.</summary>
    public required long OffersAccepted { get; init; }

    /// <summary>People whose offer was declined.</summary>
    public required long OffersDeclined { get; init; }

    /// <summary>People whose offer ended unanswered.</summary>
    public required long OffersExpired { get; init; }

    /// <summary>Hours that seats were usable and empty, summed over seats, up to the start or until now.</summary>
    public required double SeatHoursEmpty { get; init; }
}

/// <summary>Durations in seconds by nearest rank: milliseconds up to a minute, whole seconds above; null when there are none.</summary>
/// <param name="P50">Half were at most this long.</param>
/// <param name="P95">95 % were at most this long.</param>
/// <param name="Max">The longest.</param>
internal sealed record Percentiles(double? P50, double? P95, double? Max);

/// <summary>Who came.</summary>
internal sealed record AttendanceFigures
{
    /// <summary>Are confirmed now.</summary>
    public required long Confirmed { get; init; }

    /// <summary>Are checked in now.</summary>
    public required long CheckedIn { get; init; }

    /// <summary>As in the funnel.</summary>
    public required long NoShow { get; init; }

    /// <summary>Were released as no-shows; part of <see cref="NoShow"/>.</summary>
    public required long Released { get; init; }

    /// <summary>Came without having asked before and were let in.</summary>
    public required long WalkIns { get; init; }

    /// <summary><c>checkedIn / capacity</c>; null without a capacity or when it is 0.</summary>
    public double? Occupancy { get; init; }

    /// <summary><c>checkedIn / (checkedIn + noShow)</c>; null before the start.</summary>
    public double? ShowRate { get; init; }
}
