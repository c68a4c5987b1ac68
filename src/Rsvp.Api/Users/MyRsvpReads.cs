using Dapper;
using Npgsql;
using Rsvp.Api.Paging;
using Rsvp.Api.Rsvps;

namespace Rsvp.Api.Users;

/// <summary>A person's RSVPs across activities.</summary>
internal sealed class MyRsvpReads(NpgsqlDataSource database)
{
    // Past when it has ended, or begun without an end. The soonest first for what is to come, the latest first otherwise.
    private const string Sql =
        $"""
        SELECT {RsvpReads.Columns},
               a.activity_id AS id, a.title, CASE WHEN a.cancelled_at IS NULL THEN 'scheduled' ELSE 'cancelled' END AS status, a.starts_at, a.ends_at
        FROM   rsvps r
        JOIN   activities a ON a.activity_id = r.activity_id
        WHERE  r.user_id = @userId
          AND  (@status IS NULL OR r.status = @status)
          AND  (@past IS NULL OR (coalesce(a.ends_at, a.starts_at) <= now()) = @past)
        """;

    private const string Upcoming = $"{Sql} AND (a.starts_at, r.rsvp_id) > (@time, @rsvpId) ORDER BY a.starts_at, r.rsvp_id LIMIT @limit";

    private const string Latest =
        $"{Sql} AND (@isStart OR (a.starts_at, r.rsvp_id) < (@time, @rsvpId)) ORDER BY a.starts_at DESC, r.rsvp_id DESC LIMIT @limit";

    /// <summary>One page, and one row more.</summary>
    /// <param name="userId">The person.</param>
    /// <param name="status">Only that status; null for all.</param>
    /// <param name="past">Only what has passed, or what has not; null for all.</param>
    /// <param name="after">Where the page before ended.</param>
    /// <param name="limit">Rows on the page.</param>
    /// <param name="cancellationToken">The client is gone.</param>
    internal async Task<IReadOnlyList<MyRsvp>> ListAsync(
        Guid userId, string? status, bool? past, Cursor after, int limit, CancellationToken cancellationToken)
    {
        var values = new { userId, status, past, time = after.Time, rsvpId = after.First, isStart = after == Cursor.Start, limit = limit + 1 };
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var rows = await connection.QueryAsync<MyRsvp, MyActivity, MyRsvp>(
            new CommandDefinition(past is false ? Upcoming : Latest, values, cancellationToken: cancellationToken),
            (rsvp, activity) => rsvp with { Activity = activity },
            splitOn: "id");
        return rows.AsList();
    }
}
