using Npgsql;
using Rsvp.Contracts;
using Rsvp.Testing;

namespace Rsvp.Notifier.Tests.Worlds;

/// <summary>An activity in the database, changed the way a worker changes it: one version and one event per commit.</summary>
internal sealed class TestActivity
{
    private readonly TestDatabase _database;
    private long _lineKey;

    private TestActivity(TestDatabase database) => _database = database;

    internal Guid Id { get; } = Guid.NewGuid();

    internal Guid HostId { get; } = Guid.NewGuid();

    internal static async Task<TestActivity> OpenAsync(TestDatabase database, int capacity = 100)
    {
        var activity = new TestActivity(database);
        await database.ExecuteAsync(
            """
            INSERT INTO activities (activity_id, title, starts_at, capacity, max_party_size, max_group_size, waitlist_enabled, promotion_mode, offer_minutes,
                                    promotion_cutoff_minutes, participants_visible, next_line_key, log_seq, version, created_at, updated_at)
            VALUES ($1, 'Chess night', now() + interval '7 days', $2, 10, 10, true, 'auto', 60, 0, false, 1, 0, 1, now(), now())
            """,
            activity.Id,
            capacity);
        await activity.AddHostAsync(activity.HostId);
        return activity;
    }

    internal async Task AddHostAsync(Guid userId)
    {
        await _database.ExecuteAsync("INSERT INTO users (user_id) VALUES ($1) ON CONFLICT DO NOTHING", userId);
        await _database.ExecuteAsync("INSERT INTO activity_hosts (activity_id, user_id, added_at) VALUES ($1, $2, now())", Id, userId);
    }

    internal Task RemoveHostAsync(Guid userId) =>
        _database.ExecuteAsync("DELETE FROM activity_hosts WHERE activity_id = $1 AND user_id = $2", Id, userId);

    /// <summary>Commits the RSVPs of some users in these states.</summary>
    /// <returns>The event, not published yet.</returns>
    internal Task<ActivityChanged> CommitAsync(params (Guid UserId, string Status)[] rsvps) => CommitAsync(hostsChanged: false, rsvps);

    internal async Task<ActivityChanged> CommitAsync(bool hostsChanged, params (Guid UserId, string Status)[] rsvps)
    {
        await using var connection = await _database.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var changed = new List<RsvpChanged>();
        foreach (var (userId, status) in rsvps)
        {
            changed.Add(await WriteRsvpAsync(connection, userId, status));
        }

        var change = await CountAsync(connection, changed) with { HostsChanged = hostsChanged };
        await transaction.CommitAsync();
        return change;
    }

    /// <summary>The RSVP of a user.</summary>
    internal Task<Guid> RsvpIdAsync(Guid userId) =>
        _database.ScalarAsync<Guid>("SELECT rsvp_id FROM rsvps WHERE activity_id = $1 AND user_id = $2", Id, userId);

    /// <summary>Says that the database is at this version, without events.</summary>
    internal Task SetVersionAsync(long version, int confirmed, int waitlistLength = 0) => _database.ExecuteAsync(
        "UPDATE activities SET version = $2, confirmed_participants = $3, waitlisted_places = $4 WHERE activity_id = $1", Id, version, confirmed, waitlistLength);

    /// <summary>An event that only counts.</summary>
    internal ActivityChanged Event(long version, int confirmed, int waitlistLength = 0) => new()
    {
        ActivityId = Id,
        Version = version,
        At = TimeProvider.System.GetUtcNow(),
        Capacity = new CapacityDocument
        {
            ActivityId = Id,
            Capacity = 1_000_000,
            Confirmed = confirmed,
            Offered = 0,
            Available = 1_000_000 - confirmed,
            Waitlisted = waitlistLength,
            CheckedIn = 0,
            Version = version,
        },
        WaitlistLength = waitlistLength,
        Rsvps = [],
    };

    private async Task<RsvpChanged> WriteRsvpAsync(NpgsqlConnection connection, Guid userId, string status)
    {
        var isWaitlisted = status == "waitlisted";
        var rsvpId = Guid.NewGuid();
        await using var command = new NpgsqlCommand(
            """
            WITH owner AS (INSERT INTO users (user_id) VALUES (@user) ON CONFLICT DO NOTHING)
            INSERT INTO rsvps AS mine (rsvp_id, activity_id, user_id, status, guest_count, place_id, place_spots, line_key, line_seq, offer_expires_at,
                                       version, created_at, updated_at)
            VALUES (@rsvp, @activity, @user, @status, 0, @rsvp, @spots, @key, @key, @until, 1, now(), now())
            ON CONFLICT (activity_id, user_id) DO UPDATE
            SET status = excluded.status, place_spots = excluded.place_spots, line_key = excluded.line_key, line_seq = excluded.line_seq,
                offer_expires_at = excluded.offer_expires_at, version = mine.version + 1
            RETURNING rsvp_id, version, offer_expires_at
            """,
            connection);
        command.Parameters.AddWithValue("rsvp", rsvpId);
        command.Parameters.AddWithValue("activity", Id);
        command.Parameters.AddWithValue("user", userId);
        command.Parameters.AddWithValue("status", status);
        command.Parameters.AddWithValue("spots", isWaitlisted ? 1 : DBNull.Value);
        command.Parameters.AddWithValue("key", isWaitlisted ? ++_lineKey * 1000 : DBNull.Value);
        command.Parameters.AddWithValue("until", status == "offered" ? TimeProvider.System.GetUtcNow().AddHours(1) : DBNull.Value);
        await using var row = await command.ExecuteReaderAsync();
        await row.ReadAsync();
        return new RsvpChanged
        {
            RsvpId = row.GetGuid(0),
            UserId = userId,
            Status = status,
            RsvpVersion = row.GetInt64(1),
            OfferExpiresAt = row.IsDBNull(2) ? null : row.GetFieldValue<DateTimeOffset>(2),
        };
    }

    private async Task<ActivityChanged> CountAsync(NpgsqlConnection connection, List<RsvpChanged> changed)
    {
        await using var command = new NpgsqlCommand(
            """
            UPDATE activities
            SET    version = version + 1,
                   confirmed_participants  = (SELECT count(*) FROM rsvps WHERE activity_id = $1 AND status = 'confirmed'),
                   offered_participants    = (SELECT count(*) FROM rsvps WHERE activity_id = $1 AND status = 'offered'),
                   waitlisted_participants = (SELECT count(*) FROM rsvps WHERE activity_id = $1 AND status = 'waitlisted'),
                   waitlisted_places       = (SELECT count(*) FROM rsvps WHERE activity_id = $1 AND status = 'waitlisted')
            WHERE  activity_id = $1
            RETURNING version, confirmed_participants, waitlisted_places, offered_participants, capacity
            """,
            connection);
        command.Parameters.AddWithValue(Id);
        await using var row = await command.ExecuteReaderAsync();
        await row.ReadAsync();
        var counts = Event(row.GetInt64(0), row.GetInt32(1), row.GetInt32(2));
        var capacity = row.GetInt32(4);
        return counts with
        {
            Capacity = counts.Capacity with
            {
                Capacity = capacity,
                Offered = row.GetInt32(3),
                Available = Math.Max(0, capacity - row.GetInt32(1) - row.GetInt32(3)),
            },
            Rsvps = changed,
        };
    }
}
