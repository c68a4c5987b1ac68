using Rsvp.Contracts;
using Rsvp.Worker.Waitlist;

namespace Rsvp.Worker.Decisions;

/// <summary>An activity's settings and seat counts at one instant; all counts but <see cref="WaitlistedPlaces"/> are people.</summary>
internal sealed record ActivityState
{
    /// <summary>Distance between neighbours in line: room for 2^32 - 1 places that a host moves in between, and for 2^31 places in line.</summary>
    public const long LineStep = 1L << 32;

    public required Guid Id { get; init; }

    public required ActivitySettings Settings { get; init; }

    public DateTimeOffset? CancelledAt { get; init; }

    public int Confirmed { get; init; }

    public int Offered { get; init; }

    public int Waitlisted { get; init; }

    public int WaitlistedPlaces { get; init; }

    public int CheckedIn { get; init; }

    public int Overridden { get; init; }

    /// <summary>The key that the next place at the end of the line gets.</summary>
    public long NextLineKey { get; init; } = LineStep;

    /// <summary>The seq of the newest row of the decision log.</summary>
    public long LogSeq { get; init; }

    public DateTimeOffset? VacantSince { get; init; }

    public long Version { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Seats nobody has; null when unlimited. An override never makes it negative.</summary>
    public int? Free => Settings.Capacity is int capacity ? Math.Max(0, capacity - Confirmed - Offered) : null;

    public bool SomebodyWaits => WaitlistedPlaces > 0;

    public DateTimeOffset RegistrationClosesAt => Settings.RegistrationClosesAt ?? Settings.StartsAt;

    /// <summary>From then on the line is promoted by hosts only.</summary>
    public DateTimeOffset PromotionEndsAt => PromotionCutoff.EndsAt(Settings.StartsAt, Settings.PromotionCutoffMinutes);

    public bool Fits(int spots) => Free is not int free || spots <= free;

    /// <summary>The counts after one party changed.</summary>
    /// <param name="before">The party before; null when it is new.</param>
    /// <param name="after">The party after.</param>
    /// <param name="placesChange">Change of the number of places in line.</param>
    public ActivityState Recount(RsvpState? before, RsvpState after, int placesChange)
    {
        return this with
        {
            Confirmed = Confirmed + Of(after, RsvpStatus.Confirmed) - Of(before, RsvpStatus.Confirmed),
            Offered = Offered + Of(after, RsvpStatus.Offered) - Of(before, RsvpStatus.Offered),
            Waitlisted = Waitlisted + Of(after, RsvpStatus.Waitlisted) - Of(before, RsvpStatus.Waitlisted),
            WaitlistedPlaces = WaitlistedPlaces + placesChange,
            CheckedIn = CheckedIn + In(after) - In(before),
            Overridden = Overridden + after.OverrideSpots - (before?.OverrideSpots ?? 0),
        };

        static int Of(RsvpState? party, RsvpStatus status) => party?.Status == status ? party.PartySize : 0;
        static int In(RsvpState? party) => party?.CheckedInAt is null ? 0 : party.PartySize;
    }
}
