using Dapper;
using Npgsql;
using Rsvp.Api.Paging;
using Rsvp.Contracts;

namespace Rsvp.Api.Activities;

/// <summary>Activities as the database has them now.</summary>
internal sealed class ActivityReads(NpgsqlDataSource database)
{
    private const string Columns =
        """
        activity_id AS id, title, CASE WHEN cancelled_at IS NULL THEN 'scheduled' ELSE 'cancelled' END AS status, starts_at, ends_at, capacity,
        max_party_size, max_group_size, waitlist_enabled, waitlist_limit, skip_limit, promotion_mode, offer_minutes, promotion_cutoff_minutes,
        registration_opens_at, coalesce(registration_closes_at, starts_at) AS registration_closes_at, participants_visible,
        confirmed_participants AS confirmed, offered_participants AS offered,
        CASE WHEN capacity IS NOT NULL THEN greatest(0, capacity - confirmed_participants - offered_participants) END AS available,
        waitlisted_participants AS waitlisted, checked_in_participants AS checked_in, waitlisted_places AS waitlist_length,
        created_at, updated_at, version
        """;

    internal async Task<ActivityDocument?> FindAsync(Guid activityId, CancellationToken cancellationToken)
    {
        const string Sql = $"SELECT {Columns} FROM activities WHERE activity_id = @activityId";
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await connection.QuerySingleOrDefaultAsync<ActivityDocument>(
            new CommandDefinition(Sql, new { activityId }, cancellationToken: cancellationToken));
    }

    internal async Task<CapacityDocument?> FindCapacityAsync(Guid activityId, CancellationToken cancellationToken)
    {
        const string Sql =
            """
            SELECT activity_id, capacity, confirmed_participants AS confirmed, offered_participants AS offered,
                   CASE WHEN capacity IS NOT NULL THEN greatest(0, capacity - confirmed_participants - offered_participants) END AS available,
                   waitlisted_participants AS waitlisted, checked_in_participants AS checked_in, version
            FROM   activities
            WHERE  activity_id = @activityId
            """;
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await connection.QuerySingleOrDefaultAsync<CapacityDocument>(
            new CommandDefinition(Sql, new { activityId }, cancellationToken: cancellationToken));
    }

    /// <summary>What is still to come or going on, and not called off, the soonest first; one more than a page holds.</summary>
    internal async Task<IReadOnlyList<ActivityDocument>> ListUpcomingAsync(Cursor after, int limit, CancellationToken cancellationToken)
    {
        const string Sql =
            $"""
            SELECT {Columns}
            FROM   activities
            WHERE  cancelled_at IS NULL AND coalesce(ends_at, starts_at) > now()
              AND  (starts_at, activity_id) > (@startsAt, @activityId)
            ORDER  BY starts_at, activity_id
            LIMIT  @limit
            """;
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var rows = await connection.QueryAsync<ActivityDocument>(
            new CommandDefinition(Sql, new { startsAt = after.Time, activityId = after.First, limit = limit + 1 }, cancellationToken: cancellationToken));
        return rows.AsList();
    }

    /// <summary>What somebody hosts, whatever became of it, the latest first; one more than a page holds.</summary>
    internal async Task<IReadOnlyList<ActivityDocument>> ListHostedAsync(Guid userId, Cursor after, int limit, CancellationToken cancellationToken)
    {
        const string Sql =
            $"""
            SELECT {Columns}
            FROM   activities
            WHERE  activity_id IN (SELECT activity_id FROM activity_hosts WHERE user_id = @userId)
              AND  (@isStart OR (starts_at, activity_id) < (@startsAt, @activityId))
            ORDER  BY starts_at DESC, activity_id DESC
            LIMIT  @limit
            """;
        var values = new { userId, isStart = after == Cursor.Start, startsAt = after.Time, activityId = after.First, limit = limit + 1 };
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var rows = await connection.QueryAsync<ActivityDocument>(new CommandDefinition(Sql, values, cancellationToken: cancellationToken));
        return rows.AsList();
    }
}
