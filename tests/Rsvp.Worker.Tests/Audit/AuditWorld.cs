using System.Globalization;
using Npgsql;

namespace Rsvp.Worker.Tests.Audit;

/// <summary>One activity whose history a test writes step by step. It keeps the books (counters, log, outcomes, notifications) and no policy: a test may let in whom it likes.</summary>
internal sealed class AuditWorld
{
    private const long KeyStep = 1 << 20;

    private readonly List<Party> _parties = [];
    private readonly List<LogLine> _log = [];
    private readonly DateTimeOffset _now = TimeProvider.System.GetUtcNow();
    private int? _capacity;
    private int? _skipLimit;
    private long _nextKey = KeyStep;

    public AuditWorld(int? capacity, int? skipLimit = 5)
    {
        (_capacity, _skipLimit) = (capacity, skipLimit);
        Log("created", "settings", null, null, null, 0, 0, actor: "host", metadata: Settings());
    }

    public Guid ActivityId { get; } = Guid.NewGuid();

    public Guid HostId { get; } = Guid.NewGuid();

    private int Taken => _parties.Where(party => party.Status is "confirmed" or "offered").Sum(party => party.Spots);

    private int? Free => _capacity is int capacity ? Math.Max(0, capacity - Taken) : null;

    public Party Confirm(int spots, string rule = "seat_free", Guid? groupId = null)
    {
        var party = Add(spots, groupId, groupId);
        Change(party, "confirmed", rule, "confirmed");
        return party;
    }

    /// <summary>Puts a new party in line; parties with the same <paramref name="placeId"/> are one place.</summary>
    public Party Wait(int spots, string rule = "no_room", Guid? placeId = null, long? key = null)
    {
        var party = Add(spots, placeId, placeId);
        var place = _parties.FirstOrDefault(other => other.Waits && other.PlaceId == party.PlaceId);
        Enter(party, place?.Key ?? key ?? NextKey());
        Change(party, "waitlisted", rule, "waitlisted");
        return party;
    }

    /// <summary>Somebody asks again after a cancel.</summary>
    public void WaitAgain(Party party)
    {
        Enter(party, NextKey());
        Change(party, "waitlisted", "line_ahead", "waitlisted");
    }

    public void Promote(Party party, string rule = "pass") =>
        Change(party, "confirmed", rule, "promoted", actor: rule == "pass" ? "system" : "host");

    public void Offer(Party party) => Change(party, "offered", "pass", "offered", actor: "system");

    public void Accept(Party party) => Change(party, "confirmed", "accept", "accepted");

    public void Cancel(Party party) => Change(party, "cancelled", "cancel", "cancelled");

    public void Resize(Party party, int spots) =>
        Change(party, party.Status, spots > party.Spots ? "growth" : "shrink", "updated", spots: spots);

    public void GrowToBack(Party party, int spots)
    {
        party.Key = NextKey();
        party.Since = _log.Count + 1;
        Change(party, "waitlisted", "growth_to_back", "moved_to_back", spots: spots);
    }

    /// <summary>A host moves a party to where it stands already.</summary>
    public void MoveInPlace(Party party)
    {
        party.Since = _log.Count + 1;
        Log("moved", "host", party, party.Status, party.Status, party.Spots, 0, actor: "host", key: party.Key);
    }

    public void Refuse(Party? party, string code) => Log("refused", "refused", party, party?.Status, party?.Status, party?.Spots ?? 1, 0, code: code);

    public void ChangeSettings(int? capacity, int? skipLimit = 5)
    {
        var free = Free;
        (_capacity, _skipLimit) = (capacity, skipLimit);
        Log("settings_changed", "settings", null, null, null, 0, 0, actor: "host", metadata: Settings(), free: free);
    }

    /// <summary>Writes everything to the database.</summary>
    public async Task SaveAsync(NpgsqlConnection connection)
    {
        await using var batch = new NpgsqlBatch(connection);
        Add(batch, "INSERT INTO users (user_id) VALUES ($1)", HostId);
        Add(
            batch,
            """
            INSERT INTO activities (
                activity_id, title, starts_at, capacity, max_party_size, max_group_size, waitlist_enabled, skip_limit, promotion_mode,
                offer_minutes, promotion_cutoff_minutes, participants_visible, confirmed_participants, offered_participants,
                waitlisted_participants, waitlisted_places, next_line_key, log_seq, version, created_at, updated_at)
            VALUES ($1, 'An evening', $2, $3, 100, 200, true, $4, 'auto', 60, 0, false, $5, $6, $7, $8, $9, $10, $10, $11, $11)
            """,
            ActivityId, _now.AddDays(1), _capacity, _skipLimit, Sum("confirmed"), Sum("offered"), Sum("waitlisted"),
            _parties.Where(party => party.Waits).Select(party => party.PlaceId).Distinct().Count(), _nextKey, (long)_log.Count, _now);

        Add(batch, "INSERT INTO activity_hosts (activity_id, user_id, added_at) VALUES ($1, $2, $3)", ActivityId, HostId, _now);

        foreach (var party in _parties)
        {
            var placeSpots = _parties.Where(other => other.Waits && other.PlaceId == party.PlaceId).Sum(other => other.Spots);
            Add(batch, "INSERT INTO users (user_id) VALUES ($1)", party.UserId);
            Add(
                batch,
                """
                INSERT INTO rsvps (
                    rsvp_id, activity_id, user_id, status, guest_count, group_id, place_id, place_spots, line_key, line_seq, offer_expires_at,
                    version, created_at, updated_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13)
                """,
                party.Id, ActivityId, party.UserId, party.Status, party.Spots - 1, party.GroupId, party.PlaceId,
                party.Waits ? placeSpots : null, party.Waits ? party.Key : null, party.Waits ? party.Since : null,
                party.Status == "offered" ? _now.AddHours(1) : null, party.Version, _now);
        }

        foreach (var line in _log)
        {
            AddLine(batch, line);
        }

        await batch.ExecuteNonQueryAsync();

        int Sum(string status) => _parties.Where(party => party.Status == status).Sum(party => party.Spots);
    }

    private void AddLine(NpgsqlBatch batch, LogLine line)
    {
        var logId = Guid.NewGuid();
        var userId = line.Party?.UserId ?? HostId;
        Guid? requestId = line.Actor == "system" ? null : Guid.NewGuid();
        Add(
            batch,
            """
            INSERT INTO rsvp_analytics (
                log_id, activity_id, seq, rsvp_id, user_id, request_id, action, previous_status, new_status, rsvp_version, spots,
                spots_affected, free_before, rule, code, actor, line_key, place_id, metadata, at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19::jsonb, $20)
            """,
            logId, ActivityId, line.Seq, line.Party?.Id, userId, requestId, line.Action, line.Previous, line.New, line.Version,
            line.Spots, line.Affected, line.Free, line.Rule, line.Code, line.Actor, line.Key, line.Party?.PlaceId, line.Metadata, _now);
        if (line is { Code: null, Party: not null })
        {
            Add(
                batch,
                "INSERT INTO notifications (log_id, user_id, activity_id, rsvp_id, kind, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
                logId, userId, ActivityId, line.Party.Id, line.Action, _now);
        }

        if (requestId is Guid request)
        {
            Add(
                batch,
                """
                INSERT INTO rsvp_requests (request_id, user_id, activity_id, command, status, code, outcome, submitted_at, completed_at)
                VALUES ($1, $2, $3, 'some_command', $4, $5,
                        json_build_object('requestId', $1, 'userId', $2, 'activityId', $3, 'command', 'some_command',
                                          'problem', CASE WHEN $5::text IS NULL THEN NULL ELSE json_build_object('code', $5) END),
                        $6, $6)
                """,
                request, userId, ActivityId, line.Code is null ? "completed" : "rejected", line.Code, _now);
        }
    }

    private void Change(Party party, string status, string rule, string action, string actor = "self", int? spots = null)
    {
        var previous = party.Version == 0 ? null : party.Status;
        var seatsBefore = party.Seats;
        var free = Free;
        var leftKey = party.Waits ? party.Key : (long?)null;
        party.Status = status;
        party.Spots = spots ?? party.Spots;
        party.Version++;
        Log(action, rule, party, previous, status, party.Spots, party.Seats - seatsBefore, actor, key: party.Waits ? party.Key : leftKey, free: free);
    }

    private void Log(
        string action, string rule, Party? party, string? previous, string? next, int spots, int affected, string actor = "self",
        string? code = null, string? metadata = null, long? key = null, int? free = null) =>
        _log.Add(new LogLine(
            _log.Count + 1, action, rule, party, previous, next, party?.Version, spots, affected, free ?? Free, code, actor, key, metadata));

    private string Settings() => string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"capacity": {{_capacity?.ToString(CultureInfo.InvariantCulture) ?? "null"}}, "skipLimit": {{_skipLimit?.ToString(CultureInfo.InvariantCulture) ?? "null"}}}""");

    private Party Add(int spots, Guid? placeId, Guid? groupId)
    {
        var id = Guid.NewGuid();
        var party = new Party { Id = id, UserId = Guid.NewGuid(), PlaceId = placeId ?? id, GroupId = groupId, Spots = spots };
        _parties.Add(party);
        return party;
    }

    private void Enter(Party party, long key)
    {
        party.Key = key;
        party.Since = _parties.FirstOrDefault(other => other.Waits && other.PlaceId == party.PlaceId)?.Since ?? _log.Count + 1;
    }

    private long NextKey()
    {
        var key = _nextKey;
        _nextKey += KeyStep;
        return key;
    }

    private static void Add(NpgsqlBatch batch, string sql, params object?[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value });
        }

        batch.BatchCommands.Add(command);
    }

    internal sealed class Party
    {
        public required Guid Id { get; init; }

        public required Guid UserId { get; init; }

        public required Guid PlaceId { get; init; }

        public Guid? GroupId { get; init; }

        public int Spots { get; set; }

        public string Status { get; set; } = "cancelled";

        public long Version { get; set; }

        public long Key { get; set; }

        public long Since { get; set; }

        public bool Waits => Status == "waitlisted";

        public int Seats => Status is "confirmed" or "offered" ? Spots : 0;
    }

    private sealed record LogLine(
        long Seq, string Action, string Rule, Party? Party, string? Previous, string? New, long? Version, int Spots, int Affected, int? Free,
        string? Code, string Actor, long? Key, string? Metadata);
}
