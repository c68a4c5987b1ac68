using System.Globalization;
using Rsvp.Testing;

namespace Rsvp.Api.Tests.Analytics;

/// <summary>Writes the log of one activity row by row, as the worker would, and in the end the RSVPs and counters that it leads to.</summary>
internal sealed class HandWrittenLog(TestDatabase database, string startsAt)
{
    private readonly List<HandWrittenParty> _parties = [];
    private int? _capacity;
    private int _taken;
    private long _seq;

    public Guid Activity { get; } = Guid.NewGuid();

    public Guid Host { get; } = Guid.NewGuid();

    private int? Free => _capacity is int capacity ? Math.Max(0, capacity - _taken) : null;

    /// <summary>Opens the activity.</summary>
    public async Task OpenAsync(string at, int? capacity)
    {
        await AddUserAsync(Host);
        await database.ExecuteAsync(
            """
            INSERT INTO activities (activity_id, title, starts_at, capacity, max_party_size, max_group_size, waitlist_enabled, promotion_mode, offer_minutes,
                promotion_cutoff_minutes, participants_visible, next_line_key, log_seq, version, created_at, updated_at)
            VALUES ($1, 'T', $2, $3::int, 10, 10, true, 'auto', 60, 0, false, 0, 0, 1, $4, $4)
            """,
            Activity, Time(startsAt), capacity, Time(at));
        await database.ExecuteAsync("INSERT INTO activity_hosts VALUES ($1, $2, now())", Activity, Host);
        _capacity = capacity;
        await SettingsAsync(at, "created", capacity);
    }

    /// <summary>A row about the settings.</summary>
    public async Task SettingsAsync(string at, string action, int? capacity)
    {
        var metadata = $$"""{"startsAt": "{{startsAt}}", "capacity": {{capacity?.ToString(CultureInfo.InvariantCulture) ?? "null"}}}""";
        await WriteAsync(at, null, action, "settings", null, null, null, null, 0, 0, null, "host", metadata);
        _capacity = capacity;
    }

    /// <summary>A row about the activity that says nothing of seats.</summary>
    public Task AsideAsync(string at, string action) => WriteAsync(at, null, action, "hosts", null, null, null, null, 0, 0, null, "host", null);

    /// <summary>Somebody who may ask.</summary>
    public async Task<HandWrittenParty> PersonAsync(int size, string? group = null, int? birthYear = null, string? city = null, string? name = null)
    {
        var party = new HandWrittenParty { Size = size, PlaceId = group is null ? null : new Guid(group), Key = _parties.Count + 1 };
        _parties.Add(party);
        await AddUserAsync(party.User, birthYear, city, name);
        return party;
    }

    /// <summary>A row after which the party has that status and size.</summary>
    public async Task StepAsync(string at, HandWrittenParty party, string action, string rule, string status, int? size = null, int? overtook = null, string actor = "self")
    {
        var was = party.Status;
        var seats = party.Seats;
        party.CreatedAt ??= at;
        (party.Status, party.Size) = (status, size ?? party.Size);
        party.IsHere = action == "checked_in" || rule == "walk_in" || (party.IsHere && action != "check_in_undone" && status == "confirmed");
        await WriteAsync(
            at, party, action, rule, null, was, status, ++party.Version, party.Size, party.Seats - seats, party.Key, actor,
            overtook is null ? null : $$"""{"overtook": {{overtook}}}""");
        _taken += party.Seats - seats;
    }

    /// <summary>A row that leaves the party as it is.</summary>
    public Task AsideAsync(string at, HandWrittenParty party, string action) =>
        WriteAsync(at, party, action, "host", null, party.Status, party.Status, null, party.Size, 0, party.Key, "host", null);

    /// <summary>Somebody is turned away.</summary>
    public Task RefuseAsync(string at, HandWrittenParty party, string code) =>
        WriteAsync(at, party, "refused", "refused", code, party.Status, party.Status, party.Version == 0 ? null : party.Version, party.Size, 0, null, "self", null);

    /// <summary>Writes what the log led to.</summary>
    public async Task EndAsync()
    {
        foreach (var party in _parties.Where(party => party.CreatedAt is not null))
        {
            var waits = party.Status == "waitlisted";
            await database.ExecuteAsync(
                """
                INSERT INTO rsvps (rsvp_id, activity_id, user_id, status, guest_count, place_id, group_id, line_key, line_seq, place_spots, checked_in_at, version, created_at, updated_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7::uuid, $8::bigint, $9::bigint, $10::int, $11::timestamptz, $12, $13, $13)
                """,
                party.Id, Activity, party.User, party.Status, party.Size - 1, party.PlaceId ?? party.Id, party.PlaceId, waits ? party.Key : null, waits ? 1L : null,
                waits ? party.Size : null, party.IsHere ? Time(startsAt) : null, party.Version, Time(party.CreatedAt!));
        }

        await CountAsync();
    }

    /// <summary>Counts the activity as its RSVPs are; a party that changed after <see cref="EndAsync"/> takes its new status along.</summary>
    public async Task CountAsync()
    {
        foreach (var party in _parties.Where(party => party.Status == "confirmed"))
        {
            await database.ExecuteAsync(
                "UPDATE rsvps SET status = 'confirmed', line_key = NULL, line_seq = NULL, place_spots = NULL, version = $2 WHERE rsvp_id = $1 AND status <> 'confirmed'", party.Id, party.Version);
        }

        await database.ExecuteAsync(
            """
            UPDATE activities a
            SET    (confirmed_participants, offered_participants, waitlisted_participants, checked_in_participants, overridden_participants, waitlisted_places, log_seq) = (
                SELECT coalesce(sum(total_spots) FILTER (WHERE status = 'confirmed'), 0), coalesce(sum(total_spots) FILTER (WHERE status = 'offered'), 0),
                       coalesce(sum(total_spots) FILTER (WHERE status = 'waitlisted'), 0), coalesce(sum(total_spots) FILTER (WHERE checked_in_at IS NOT NULL), 0), 0,
                       count(DISTINCT place_id) FILTER (WHERE status = 'waitlisted'), $2
                FROM   rsvps r
                WHERE  r.activity_id = a.activity_id), capacity = $3::int
            WHERE  activity_id = $1
            """,
            Activity, _seq, _capacity);
    }

    /// <summary>A user with an RSVP to some other activity.</summary>
    public async Task AttendsElsewhereAsync(HandWrittenParty party, string otherStartsAt)
    {
        var other = new HandWrittenLog(database, otherStartsAt);
        await other.OpenAsync(otherStartsAt, null);
        var there = new HandWrittenParty { User = party.User, Size = 1, Key = 1 };
        other._parties.Add(there);
        await other.StepAsync(otherStartsAt, there, "confirmed", "seat_free", "confirmed");
        await other.EndAsync();
    }

    internal static DateTime Time(string text) => DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal);

    private Task<int> AddUserAsync(Guid id, int? birthYear = null, string? city = null, string? name = null) => database.ExecuteAsync(
        "INSERT INTO users (user_id, name, birth_year, city) VALUES ($1, $2::text, $3::int, $4::text)", id, name, birthYear, city);

    private Task<int> WriteAsync(
        string at, HandWrittenParty? party, string action, string rule, string? code, string? was, string? now, long? version, int spots, int affected, long? lineKey, string actor, string? metadata) =>
        database.ExecuteAsync(
            """
            INSERT INTO rsvp_analytics (log_id, activity_id, seq, rsvp_id, user_id, action, previous_status, new_status, rsvp_version, spots, spots_affected,
                free_before, rule, code, actor, line_key, place_id, metadata, at)
            VALUES ($1, $2, $3, $4::uuid, $5, $6, $7::text, $8::text, $9::bigint, $10, $11, $12::int, $13, $14::text, $15, $16::bigint, $17::uuid, $18::text::jsonb, $19)
            """,
            Guid.NewGuid(), Activity, ++_seq, party is { CreatedAt: not null } ? party.Id : null, party?.User ?? Host, action, was, now, version, spots, affected,
            Free, rule, code, actor, lineKey, party is null ? null : party.PlaceId ?? party.Id, metadata, Time(at));
}

/// <summary>A party in such a log.</summary>
internal sealed class HandWrittenParty
{
    public Guid Id { get; } = Guid.NewGuid();

    public Guid User { get; init; } = Guid.NewGuid();

    public Guid? PlaceId { get; init; }

    public long Key { get; init; }

    public int Size { get; set; }

    public string? Status { get; set; }

    public string? CreatedAt { get; set; }

    public long Version { get; set; }

    public bool IsHere { get; set; }

    public int Seats => Status is "confirmed" or "offered" ? Size : 0;
}
