using Npgsql;
using Rsvp.Contracts;
using Rsvp.Worker.Decisions;

namespace Rsvp.Worker.Partitions;

/// <summary>Rows of the domain's tables as state.</summary>
internal static class RowReading
{
    public const string ActivityColumns =
        """
        a.activity_id, a.title, a.starts_at, a.ends_at, a.capacity, a.max_party_size, a.max_group_size, a.waitlist_enabled,
        a.waitlist_limit, a.skip_limit, a.promotion_mode, a.offer_minutes, a.promotion_cutoff_minutes,
        a.registration_opens_at, a.registration_closes_at, a.participants_visible, a.cancelled_at,
        a.confirmed_participants, a.offered_participants, a.waitlisted_participants, a.waitlisted_places,
        a.checked_in_participants, a.overridden_participants, a.next_line_key, a.log_seq, a.vacant_since, a.version,
        a.created_at, a.updated_at
        """;

    /// <summary>How many columns <see cref="ActivityColumns"/> are.</summary>
    public const int ActivityColumnCount = 29;

    public const string RsvpColumns =
        """
        r.rsvp_id, r.activity_id, r.user_id, r.status, r.guest_count, r.special_requirements, r.group_id, r.place_id,
        r.line_key, r.line_seq, r.place_spots, r.offer_expires_at, r.override_spots, r.checked_in_at, r.checked_in_by,
        r.version, r.created_at, r.updated_at, r.offer_remind_at, r.offer_expired, r.line_moved
        """;

    /// <summary>How many columns <see cref="RsvpColumns"/> are.</summary>
    public const int RsvpColumnCount = 21;

    /// <param name="row">Positioned on a row.</param>
    /// <param name="at">The ordinal of the first of <see cref="ActivityColumns"/>.</param>
    public static ActivityState Activity(NpgsqlDataReader row, int at) => new()
    {
        Id = row.GetGuid(at),
        Settings = new ActivitySettings
        {
            Title = row.GetString(at + 1),
            StartsAt = row.GetFieldValue<DateTimeOffset>(at + 2),
            EndsAt = Optional<DateTimeOffset>(row, at + 3),
            Capacity = Optional<int>(row, at + 4),
            MaxPartySize = row.GetInt32(at + 5),
            MaxGroupSize = row.GetInt32(at + 6),
            WaitlistEnabled = row.GetBoolean(at + 7),
            WaitlistLimit = Optional<int>(row, at + 8),
            SkipLimit = Optional<int>(row, at + 9),
            PromotionMode = row.GetString(at + 10),
            OfferMinutes = row.GetDouble(at + 11),
            PromotionCutoffMinutes = row.GetInt32(at + 12),
            RegistrationOpensAt = Optional<DateTimeOffset>(row, at + 13),
            RegistrationClosesAt = Optional<DateTimeOffset>(row, at + 14),
            ParticipantsVisible = row.GetBoolean(at + 15),
        },
        CancelledAt = Optional<DateTimeOffset>(row, at + 16),
        Confirmed = row.GetInt32(at + 17),
        Offered = row.GetInt32(at + 18),
        Waitlisted = row.GetInt32(at + 19),
        WaitlistedPlaces = row.GetInt32(at + 20),
        CheckedIn = row.GetInt32(at + 21),
        Overridden = row.GetInt32(at + 22),
        NextLineKey = row.GetInt64(at + 23),
        LogSeq = row.GetInt64(at + 24),
        VacantSince = Optional<DateTimeOffset>(row, at + 25),
        Version = row.GetInt64(at + 26),
        CreatedAt = row.GetFieldValue<DateTimeOffset>(at + 27),
        UpdatedAt = row.GetFieldValue<DateTimeOffset>(at + 28),
    };

    /// <param name="row">Positioned on a row that begins with <see cref="RsvpColumns"/>.</param>
    public static RsvpState Rsvp(NpgsqlDataReader row) => new()
    {
        Id = row.GetGuid(0),
        ActivityId = row.GetGuid(1),
        UserId = row.GetGuid(2),
        Status = OutcomeBuilder.StatusOf(row.GetString(3)),
        GuestCount = row.GetInt32(4),
        SpecialRequirements = row.IsDBNull(5) ? null : row.GetString(5),
        GroupId = Optional<Guid>(row, 6),
        PlaceId = row.GetGuid(7),
        Place = row.IsDBNull(8) ? null : new LinePlace(row.GetInt64(8), row.GetInt64(9), row.GetInt32(10), row.GetBoolean(20)),
        OfferExpiresAt = Optional<DateTimeOffset>(row, 11),
        OverrideSpots = row.GetInt32(12),
        CheckedInAt = Optional<DateTimeOffset>(row, 13),
        CheckedInBy = Optional<Guid>(row, 14),
        Version = row.GetInt64(15),
        CreatedAt = row.GetFieldValue<DateTimeOffset>(16),
        UpdatedAt = row.GetFieldValue<DateTimeOffset>(17),
        OfferRemindAt = Optional<DateTimeOffset>(row, 18),
        OfferExpired = row.GetBoolean(19),
    };

    private static T? Optional<T>(NpgsqlDataReader row, int ordinal)
        where T : struct => row.IsDBNull(ordinal) ? null : row.GetFieldValue<T>(ordinal);
}
