using Npgsql;
using Rsvp.Contracts;

namespace Rsvp.Notifier.Snapshots;

/// <summary>Reads what watchers are told first, and what was missed.</summary>
internal sealed class SnapshotReader(NpgsqlDataSource dataSource) : IDisposable
{
    /// <summary>Connections of the pool.</summary>
    internal const int ConnectionsMax = 10;

    // Reads at once; who wants one more waits here and not for a connection, which would be an error after five seconds. Two connections stay free for the rest.
    private readonly SemaphoreSlim _turn = new(ConnectionsMax - 2);

    /// <summary>One statement, so that everything in it is of the same instant. Nobody's position is computed unless somebody asked for waits.</summary>
    private const string StateSql =
        """
        WITH activity AS (
            SELECT capacity, confirmed_participants, offered_participants, waitlisted_participants, checked_in_participants, waitlisted_places, version
            FROM   activities
            WHERE  activity_id = @activity
        ),
        wanted AS (
            SELECT rsvp_id, user_id, status, offer_expires_at, version, line_key, place_id
            FROM   rsvps
            WHERE  activity_id = @activity AND rsvp_id = ANY(@rsvps)
            UNION
            SELECT rsvp_id, user_id, status, offer_expires_at, version, line_key, place_id
            FROM   rsvps
            WHERE  activity_id = @activity AND user_id = ANY(@owners)
        ),
        line AS (
            SELECT line_key, place_id, row_number() OVER (ORDER BY line_key, place_id) AS position
            FROM   rsvps
            WHERE  activity_id = @activity AND status = 'waitlisted' AND line_key <= (SELECT max(line_key) FROM wanted)
            GROUP  BY line_key, place_id
        )
        SELECT activity.*, rsvp_id, user_id, status, offer_expires_at, wanted.version, position
        FROM   activity
               LEFT JOIN wanted ON true
               LEFT JOIN line   ON line.line_key = wanted.line_key AND line.place_id = wanted.place_id
        """;

    private const string UsersSql =
        """
        SELECT asked.user_id,
               EXISTS (SELECT FROM activity_hosts AS host WHERE host.activity_id = @activity AND host.user_id = asked.user_id),
               EXISTS (SELECT FROM users WHERE users.user_id = asked.user_id AND deleted_at IS NOT NULL)
        FROM   unnest(@users) AS asked (user_id)
        """;

    private const string VersionsSql =
        """
        SELECT activity_id, version
        FROM   activities
        WHERE  activity_id = ANY(@activities)
        """;

    private const string DeletedSql =
        """
        SELECT user_id
        FROM   users
        WHERE  user_id = ANY(@users) AND deleted_at IS NOT NULL
        """;

    private const string ActivityOfSql =
        """
        SELECT activity_id
        FROM   rsvps
        WHERE  rsvp_id = @rsvp
        """;

    private const string IsDeletedSql =
        """
        SELECT EXISTS (SELECT FROM users WHERE user_id = @user AND deleted_at IS NOT NULL)
        """;

    /// <summary>Reads an activity and what is asked about it.</summary>
    /// <returns>Null when there is no such activity.</returns>
    /// <exception cref="NpgsqlException">The database is away.</exception>
    internal async Task<ActivityState?> ReadAsync(ActivityRead read, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await using var batch = dataSource.CreateBatch();
            var state = new NpgsqlBatchCommand(StateSql);
            state.Parameters.AddWithValue("activity", read.ActivityId);
            state.Parameters.AddWithValue("rsvps", read.RsvpIds.ToArray());
            state.Parameters.AddWithValue("owners", read.OwnerIds.ToArray());
            batch.BatchCommands.Add(state);
            if (read.UserIds.Count > 0)
            {
                var users = new NpgsqlBatchCommand(UsersSql);
                users.Parameters.AddWithValue("activity", read.ActivityId);
                users.Parameters.AddWithValue("users", read.UserIds.ToArray());
                batch.BatchCommands.Add(users);
            }

            await using var row = await batch.ExecuteReaderAsync(cancellationToken);
            if (await ReadStateAsync(row, read.ActivityId, cancellationToken) is not { } found)
            {
                return null;
            }

            var hosts = new HashSet<Guid>();
            var deleted = new HashSet<Guid>();
            while (await row.NextResultAsync(cancellationToken))
            {
                await ReadUsersAsync(row, hosts, deleted, cancellationToken);
            }

            return found with { HostIds = hosts, DeletedIds = deleted };
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The present versions of activities.</summary>
    internal async Task<Dictionary<Guid, long>> ReadVersionsAsync(Guid[] activityIds, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(VersionsSql);
        command.Parameters.AddWithValue("activities", activityIds);
        var versions = new Dictionary<Guid, long>(activityIds.Length);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            versions.Add(row.GetGuid(0), row.GetInt64(1));
        }

        return versions;
    }

    /// <summary>Those of some users who were deleted.</summary>
    internal async Task<IReadOnlyList<Guid>> ReadDeletedAsync(Guid[] userIds, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(DeletedSql);
        command.Parameters.AddWithValue("users", userIds);
        var deleted = new List<Guid>();
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            deleted.Add(row.GetGuid(0));
        }

        return deleted;
    }

    /// <summary>The activity of an RSVP, which never changes; null when there is no such RSVP.</summary>
    internal async Task<Guid?> FindActivityAsync(Guid rsvpId, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(ActivityOfSql);
        command.Parameters.AddWithValue("rsvp", rsvpId);
        return (Guid?)await command.ExecuteScalarAsync(cancellationToken);
    }

    internal async Task<bool> IsDeletedAsync(Guid userId, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(IsDeletedSql);
        command.Parameters.AddWithValue("user", userId);
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    public void Dispose() => _turn.Dispose();

    private static async Task<ActivityState?> ReadStateAsync(NpgsqlDataReader row, Guid activityId, CancellationToken cancellationToken)
    {
        CapacityDocument? capacity = null;
        var waitlistLength = 0;
        var rsvps = new List<RsvpState>();
        while (await row.ReadAsync(cancellationToken))
        {
            if (capacity is null)
            {
                capacity = ReadCapacity(row, activityId);
                waitlistLength = row.GetInt32(5);
            }

            if (!row.IsDBNull(7))
            {
                rsvps.Add(new RsvpState
                {
                    RsvpId = row.GetGuid(7),
                    UserId = row.GetGuid(8),
                    Status = row.GetString(9),
                    OfferExpiresAt = row.IsDBNull(10) ? null : row.GetFieldValue<DateTimeOffset>(10),
                    RsvpVersion = row.GetInt64(11),
                    Position = row.IsDBNull(12) ? null : (int)row.GetInt64(12),
                });
            }
        }

        return capacity is null ? null : new ActivityState { Capacity = capacity, WaitlistLength = waitlistLength, Rsvps = rsvps };
    }

    private static CapacityDocument ReadCapacity(NpgsqlDataReader row, Guid activityId)
    {
        int? capacity = row.IsDBNull(0) ? null : row.GetInt32(0);
        var confirmed = row.GetInt32(1);
        var offered = row.GetInt32(2);
        return new CapacityDocument
        {
            ActivityId = activityId,
            Capacity = capacity,
            Confirmed = confirmed,
            Offered = offered,
            Available = capacity is { } limit ? Math.Max(0, limit - confirmed - offered) : null,
            Waitlisted = row.GetInt32(3),
            CheckedIn = row.GetInt32(4),
            Version = row.GetInt64(6),
        };
    }

    private static async Task ReadUsersAsync(NpgsqlDataReader row, HashSet<Guid> hosts, HashSet<Guid> deleted, CancellationToken cancellationToken)
    {
        while (await row.ReadAsync(cancellationToken))
        {
            if (row.GetBoolean(1))
            {
                hosts.Add(row.GetGuid(0));
            }

            if (row.GetBoolean(2))
            {
                deleted.Add(row.GetGuid(0));
            }
        }
    }
}
