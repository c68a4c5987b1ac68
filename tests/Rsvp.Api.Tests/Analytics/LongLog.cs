using Npgsql;
using Rsvp.Testing;

namespace Rsvp.Api.Tests.Analytics;

/// <summary>Generates an activity with a long log: a fiftieth of the rows are seats, six tenths ask (two thirds of them get in or wait, the others are refused), and four tenths are cancels, each with the promotion that follows.</summary>
internal static class LongLog
{
    private const string Sql =
        """
        CREATE TEMPORARY TABLE made ON COMMIT DROP AS
        SELECT n, md5('user' || n || $1)::uuid AS user_id, md5('rsvp' || n || $1)::uuid AS rsvp_id, n <= $2 / 50 AS is_seated, n > $2 / 10 * 4 AS is_refused,
               n <= $2 / 10 * 2 AS leaves, n > $2 / 50 AND n <= $2 / 10 * 2 + $2 / 50 AS is_promoted, timestamptz '2024-01-01Z' + n * interval '1 second' AS asked_at
        FROM   generate_series(1, $2 / 10 * 6 - 1) AS n
        """;

    private const string UsersSql =
        """
        INSERT INTO users (user_id, name, birth_year, city)
        SELECT user_id, 'N' || n, 1950 + n % 60, (ARRAY['Oslo', 'Bergen', 'Paris', 'Lyon', 'Rome'])[1 + n % 5] FROM made
        """;

    private const string RsvpsSql =
        """
        INSERT INTO rsvps (rsvp_id, activity_id, user_id, status, guest_count, place_id, line_key, line_seq, place_spots, version, created_at, updated_at)
        SELECT rsvp_id, $1, user_id, status, 0, rsvp_id, key, key, spots, 1 + is_promoted::int + leaves::int, asked_at, asked_at
        FROM   made
        CROSS  JOIN LATERAL (SELECT CASE WHEN leaves THEN 'cancelled' WHEN is_promoted OR is_seated THEN 'confirmed' ELSE 'waitlisted' END AS status) AS s
        CROSS  JOIN LATERAL (SELECT CASE WHEN status = 'waitlisted' THEN n::bigint END AS key, CASE WHEN status = 'waitlisted' THEN 1 END AS spots) AS l
        WHERE  NOT is_refused
        """;

    private const string LogSql =
        """
        INSERT INTO rsvp_analytics (log_id, activity_id, seq, rsvp_id, user_id, action, previous_status, new_status, rsvp_version, spots, spots_affected, free_before,
            rule, code, actor, line_key, place_id, metadata, at)
        SELECT gen_random_uuid(), $1, 1, NULL, gen_random_uuid(), 'created', NULL, NULL, NULL, 0, 0, $2 / 50, 'settings', NULL, 'host', NULL, NULL,
               '{"startsAt": "2024-03-15T18:00:00Z"}'::jsonb, timestamptz '2024-01-01Z'
        UNION  ALL
        SELECT gen_random_uuid(), $1, n + 1, CASE WHEN NOT is_refused THEN rsvp_id END, user_id, CASE WHEN is_seated THEN 'confirmed' WHEN is_refused THEN 'refused' ELSE 'waitlisted' END,
               NULL, CASE WHEN is_seated THEN 'confirmed' WHEN NOT is_refused THEN 'waitlisted' END, CASE WHEN NOT is_refused THEN 1 END, 1, is_seated::int,
               greatest(0, $2 / 50 - n + 1), CASE WHEN is_seated THEN 'seat_free' WHEN is_refused THEN 'refused' ELSE 'line_ahead' END, CASE WHEN is_refused THEN 'waitlist_full' END,
               'self', CASE WHEN NOT is_seated AND NOT is_refused THEN n END, rsvp_id, NULL, asked_at
        FROM   made
        UNION  ALL
        SELECT gen_random_uuid(), $1, $2 / 10 * 6 + 2 * n - 1, rsvp_id, user_id, 'cancelled', 'confirmed', 'cancelled', 2 + is_promoted::int, 1, -1, 0,
               'cancel', NULL, 'self', NULL, rsvp_id, NULL, timestamptz '2024-02-01Z' + n * interval '2 seconds'
        FROM   made
        WHERE  leaves
        UNION  ALL
        SELECT gen_random_uuid(), $1, $2 / 10 * 6 + 2 * (n - $2 / 50), rsvp_id, user_id, 'promoted', 'waitlisted', 'confirmed', 2, 1, 1, 1,
               'pass', NULL, 'system', n, rsvp_id, '{"overtook": 0}'::jsonb, timestamptz '2024-02-01Z' + (n - $2 / 50) * interval '2 seconds' + n % 997 * interval '1 millisecond'
        FROM   made
        WHERE  is_promoted
        """;

    private const string CountersSql =
        """
        UPDATE activities
        SET    capacity = $2 / 50, confirmed_participants = $2 / 50, log_seq = $2,
               waitlisted_participants = (SELECT count(*) FROM rsvps WHERE activity_id = $1 AND status = 'waitlisted'),
               waitlisted_places = (SELECT count(*) FROM rsvps WHERE activity_id = $1 AND status = 'waitlisted')
        WHERE  activity_id = $1
        """;

    private const string ViewsSql = "INSERT INTO activity_views SELECT $1, date '2024-01-01' + n::int % 30, user_id FROM made";

    /// <summary>Writes it.</summary>
    /// <param name="database">Where.</param>
    /// <param name="activity">An activity without any RSVPs.</param>
    /// <param name="rows">Rows of the log; a multiple of 50.</param>
    internal static async Task WriteAsync(TestDatabase database, Guid activity, int rows)
    {
        await using var connection = await database.DataSource.OpenConnectionAsync();
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await using var batch = new NpgsqlBatch(connection, transaction) { Timeout = 600 };
            Add("DELETE FROM rsvp_analytics WHERE activity_id = $1", activity);
            Add(Sql.Replace("$1", $"'{activity}'", StringComparison.Ordinal).Replace("$2", $"{rows}", StringComparison.Ordinal));
            Add(UsersSql);
            Add(RsvpsSql, activity);
            Add(LogSql, activity, rows);
            Add(CountersSql, activity, rows);
            Add(ViewsSql, activity);
            await batch.ExecuteNonQueryAsync();
            await transaction.CommitAsync();

            void Add(string sql, params object[] values)
            {
                var command = new NpgsqlBatchCommand(sql);
                foreach (var value in values)
                {
                    command.Parameters.Add(new NpgsqlParameter { Value = value });
                }

                batch.BatchCommands.Add(command);
            }
        }

        await using var analyze = new NpgsqlCommand("VACUUM ANALYZE users, rsvps, rsvp_analytics, activity_views, activities", connection) { CommandTimeout = 600 };
        await analyze.ExecuteNonQueryAsync();
    }
}
