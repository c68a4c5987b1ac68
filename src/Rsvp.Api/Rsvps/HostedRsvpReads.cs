using System.Runtime.CompilerServices;
using Dapper;
using Npgsql;
using Rsvp.Api.Paging;
using Rsvp.Api.Problems;
using Rsvp.Hosting.Problems;

namespace Rsvp.Api.Rsvps;

/// <summary>Every RSVP to an activity, for its hosts, in the order in which people first asked.</summary>
internal sealed class HostedRsvpReads(NpgsqlDataSource database) : IDisposable
{
    /// <summary>Whole lists that are read at once; each holds a connection for as long as whoever asked takes to read, and the others are for everybody else.</summary>
    internal const int StreamsMax = 5;

    // Whoever has waited for this long is told to come back.
    private static readonly TimeSpan TurnMax = TimeSpan.FromSeconds(3);

    // Positions are counted from the front as far as the page reaches, and not at all for a page on which nobody waits.
    // The database's own locale may know the letters of ASCII only, as C does; a name has others, too.
    private const string Sql =
        """
        WITH page AS MATERIALIZED (
            SELECT *
            FROM   rsvps r
            WHERE  activity_id = @activityId AND (@status IS NULL OR status = @status) AND (created_at, rsvp_id) > (@createdAt, @rsvpId)
              AND  (@search IS NULL OR EXISTS (SELECT FROM users u WHERE u.user_id = r.user_id AND strpos(lower(u.name COLLATE "und-x-icu"), lower(@search COLLATE "und-x-icu")) > 0))
            ORDER  BY created_at, rsvp_id
            LIMIT  @limit
        ), line AS (
            SELECT rsvp_id, dense_rank() OVER (ORDER BY line_key, place_id)::int AS position
            FROM   rsvps
            WHERE  activity_id = @activityId AND status = 'waitlisted' AND line_key <= (SELECT max(line_key) FROM page WHERE status = 'waitlisted')
        )
        SELECT r.rsvp_id AS id, r.activity_id, r.user_id, u.name, r.status, r.guest_count, r.total_spots AS party_size, r.special_requirements,
               line.position AS waitlist_position, r.offer_expires_at, r.group_id, r.checked_in_at IS NOT NULL AS checked_in,
               r.checked_in_at AS check_in_time, r.created_at, r.updated_at, r.version
        FROM   page r
        JOIN   users u ON u.user_id = r.user_id
        LEFT   JOIN line ON line.rsvp_id = r.rsvp_id
        ORDER  BY r.created_at, r.rsvp_id
        """;

    private readonly SemaphoreSlim _turn = new(StreamsMax);

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    /// <summary>One page, and one row more.</summary>
    internal async Task<IReadOnlyList<HostedRsvp>> ListAsync(HostedRsvpFilter filter, Cursor after, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var rows = await connection.QueryAsync<HostedRsvp>(
            new CommandDefinition(Sql, Values(filter, after, limit + 1), cancellationToken: cancellationToken));
        return rows.AsList();
    }

    /// <summary>All of them, as they come from the database.</summary>
    /// <exception cref="ProblemException"><c>unavailable</c>: <see cref="StreamsMax"/> others are being read, and none ended in time.</exception>
    internal async IAsyncEnumerable<HostedRsvp> StreamAsync(
        HostedRsvpFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!await _turn.WaitAsync(TurnMax, cancellationToken))
        {
            throw new ProblemException(new ProblemResult(ProblemCodes.Unavailable, "As many whole lists are being read as may be at once."));
        }

        try
        {
            await using var connection = await database.OpenConnectionAsync(cancellationToken);
            var rows = connection.QueryUnbufferedAsync<HostedRsvp>(Sql, Values(filter, Cursor.Start, limit: null));
            await foreach (var row in rows.WithCancellation(cancellationToken))
            {
                yield return row;
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    private static object Values(HostedRsvpFilter filter, Cursor after, int? limit) =>
        new { filter.ActivityId, filter.Status, filter.Search, createdAt = after.Time, rsvpId = after.First, limit };
}

/// <summary>Which RSVPs of an activity.</summary>
/// <param name="ActivityId">The activity.</param>
/// <param name="Status">Only those in it; null: all.</param>
/// <param name="Search">Only those of people whose name contains it, whatever the case; null: all.</param>
internal sealed record HostedRsvpFilter(Guid ActivityId, string? Status, string? Search);
