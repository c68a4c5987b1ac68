using Npgsql;
using Quartz;
using Rsvp.Contracts;
using Rsvp.Worker.Outbox;
using Rsvp.Worker.Partitions;

namespace Rsvp.Worker.Users;

/// <summary>Carries out deletions: ends a deleted user's RSVPs through their partitions, then erases what is personal. The bare id stays, for statistics.</summary>
/// <remarks>
/// It starts anew from the tables every time, so it survives any restart. The personal columns go once nothing is left to end; the user is looked at
/// for one more day, because a batch that was loaded before the deletion may be committed after it.
/// </remarks>
/// <param name="dataSource">The worker's database.</param>
/// <param name="commands">Makes the commands.</param>
/// <param name="dispatcher">Publishes after the commit.</param>
[DisallowConcurrentExecution]
internal sealed class Erasure(NpgsqlDataSource dataSource, SystemCommands commands, OutboxDispatcher dispatcher) : IJob
{
    // More than this at once waits for the next time; of one user, until that user is asked for again.
    private const int RsvpsMax = 500;

    // What waits for a partition that is behind is not sent again every second.
    private static readonly TimeSpan AskedAgainAfter = TimeSpan.FromSeconds(10);

    private const string FindSql =
        """
        SELECT r.activity_id, r.user_id
        FROM   users u
        JOIN   rsvps r USING (user_id)
        WHERE  u.deleted_at IS NOT NULL AND (u.erased_at IS NULL OR u.erased_at > now() - interval '1 day')
          AND  (u.erasure_asked_at IS NULL OR u.erasure_asked_at <= now() - $2)
          AND  (r.status <> 'cancelled' OR r.special_requirements IS NOT NULL)
        ORDER  BY u.deleted_at, r.activity_id
        LIMIT  $1
        """;

    private const string AskedSql = "UPDATE users SET erasure_asked_at = now() WHERE user_id = ANY($1)";

    // What the log and the stored outcomes tell of the user's RSVPs keeps its facts and loses its words, also where others asked: a group's creator, a host.
    // What the user asked and what changed nothing has no row in the log: nobody else may read it, and it is forgotten with all outcomes.
    private const string EraseSql =
        """
        WITH done AS (
            UPDATE users u
            SET    name = NULL, email = NULL, birth_year = NULL, city = NULL, erased_at = now()
            WHERE  u.deleted_at IS NOT NULL AND u.erased_at IS NULL
              AND  NOT EXISTS (SELECT FROM rsvps r WHERE r.user_id = u.user_id AND (r.status <> 'cancelled' OR r.special_requirements IS NOT NULL))
            RETURNING u.user_id
        ), told AS (
            SELECT l.log_id, l.request_id, done.user_id FROM done JOIN rsvps r USING (user_id) JOIN rsvp_analytics l ON l.rsvp_id = r.rsvp_id
        ), reasons AS (
            UPDATE rsvp_analytics l SET reason = NULL FROM told WHERE l.log_id = told.log_id AND l.reason IS NOT NULL
        ), preferences AS (
            DELETE FROM notification_preferences p USING done WHERE p.user_id = done.user_id
        ), deliveries AS (
            DELETE FROM notification_deliveries d USING done WHERE d.user_id = done.user_id
        ), hooks AS (
            DELETE FROM webhooks w USING done WHERE w.user_id = done.user_id
        ), feeds AS (
            DELETE FROM calendar_feeds f USING done WHERE f.user_id = done.user_id
        ), answers AS (
            SELECT request_id, array_agg(DISTINCT user_id::text) AS users FROM told WHERE request_id IS NOT NULL GROUP BY request_id
        )
        UPDATE rsvp_requests q
        SET    outcome = (
                   SELECT json_object_agg(member.key, CASE
                              WHEN member.key = 'rsvp' AND member.value ->> 'userId' = ANY(answers.users) THEN member.value - 'specialRequirements'
                              WHEN member.key = 'problem' AND member.value -> 'rsvp' ->> 'userId' = ANY(answers.users) THEN member.value #- '{rsvp,specialRequirements}'
                              WHEN member.key = 'results' THEN (
                                  SELECT jsonb_agg(CASE
                                             WHEN one.value ->> 'userId' = ANY(answers.users)
                                             THEN one.value #- '{rsvp,specialRequirements}' #- '{problem,rsvp,specialRequirements}'
                                             ELSE one.value END ORDER BY one.number)
                                  FROM   jsonb_array_elements(member.value) WITH ORDINALITY AS one (value, number))
                              ELSE member.value END)
                   FROM   jsonb_each(q.outcome::jsonb) AS member)
        FROM   answers
        WHERE  q.request_id = answers.request_id
        """;

    /// <summary>How often it looks.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) => await SweepAsync(cancellationToken);

    /// <summary>Looks once.</summary>
    /// <returns>How many RSVPs it asked to be ended.</returns>
    public async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        var messages = new List<OutboxMessage>();
        var userIds = new HashSet<Guid>();
        await using (var find = new NpgsqlCommand(FindSql, connection))
        {
            find.Parameters.AddWithValue(RsvpsMax);
            find.Parameters.AddWithValue(AskedAgainAfter);
            await using var row = await find.ExecuteReaderAsync(cancellationToken);
            while (await row.ReadAsync(cancellationToken))
            {
                var userId = row.GetGuid(1);
                userIds.Add(userId);
                messages.Add(commands.Message(
                    row.GetGuid(0), CommandNames.EraseRsvp, command => command with { RsvpUserId = userId, EraseRsvp = new EraseRsvp() }));
            }
        }

        await using var batch = new NpgsqlBatch(connection);
        OutboxInsert.Add(batch, messages);
        if (userIds.Count > 0)
        {
            Sql.Add(batch, AskedSql, userIds.ToArray());
        }

        Sql.Add(batch, EraseSql);
        await batch.ExecuteNonQueryAsync(cancellationToken);
        dispatcher.Publish(messages);
        return messages.Count;
    }
}
