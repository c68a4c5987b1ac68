using System.Text.Json;
using Npgsql;
using Rsvp.Contracts;
using Rsvp.Hosting.Json;
using Rsvp.Hosting.Telemetry;
using Rsvp.Worker.Decisions;

namespace Rsvp.Worker.Partitions;

/// <summary>Reads, in one round trip, all that the decisions of a batch need.</summary>
internal static class BatchLoad
{
    // First, so that a later commit by anybody else fails the guard; its now() is the batch's only clock.
    private const string ActivitiesSql =
        $"""
        SELECT now(), {RowReading.ActivityColumns}
        FROM   (SELECT 1) AS always
        LEFT   JOIN activities a ON a.activity_id = ANY($1)
        """;

    // By id: two partitions that meet new users in different orders must not wait for each other in a circle. Who is known already costs one look at
    // the primary key; a join with the table would be planned while it is small, and read all of it, batch after batch, for as long as the plan is cached.
    private const string NewUsersSql =
        """
        INSERT INTO users (user_id, name, email)
        SELECT asking.user_id, asking.name, asking.email
        FROM   unnest($1, $2, $3) AS asking (user_id, name, email)
        ORDER  BY asking.user_id
        ON     CONFLICT DO NOTHING
        """;

    // Of callers only the deleted ones matter; of those whom a command names, everybody.
    private const string UsersSql =
        """
        SELECT user_id, deleted_at IS NOT NULL
        FROM   users
        WHERE  user_id = ANY($1) AND (deleted_at IS NOT NULL OR user_id = ANY($2))
        """;

    // Each by its key, said so that it can be planned in no other way: a plan made while the table is small joins by reading all of it.
    internal const string RsvpsSql =
        $"""
        SELECT {RowReading.RsvpColumns}
        FROM   unnest($1, $2) AS wanted (activity_id, user_id),
               LATERAL (SELECT * FROM rsvps WHERE activity_id = wanted.activity_id AND user_id = wanted.user_id OFFSET 0) AS r
        """;

    private const string HostsSql =
        """
        SELECT h.activity_id, h.user_id
        FROM   unnest($1, $2) AS wanted (activity_id, user_id)
        JOIN   activity_hosts h ON h.activity_id = wanted.activity_id AND h.user_id = wanted.user_id
        """;

    // One who was deleted decides nothing any more, so they are not the last who can.
    private const string AllHostsSql =
        """
        SELECT h.activity_id, h.user_id
        FROM   activity_hosts h
        JOIN   users u USING (user_id)
        WHERE  h.activity_id = ANY($1) AND u.deleted_at IS NULL
        """;

    private const string OutcomesSql = "SELECT outcome FROM rsvp_requests WHERE request_id = ANY($1)";

    private const string KeysSql = "SELECT key_id, request_id FROM rsvp_requests WHERE key_id = ANY($1)";

    // Looked up by key first and filtered after: with the filter inside, a plan made while the table was empty reads every waiting
    // row of every activity, for every batch, for as long as it is cached.
    internal const string RanksSql =
        """
        WITH asked AS MATERIALIZED (
            SELECT r.activity_id, r.line_key
            FROM   unnest($1, $2) AS party (activity_id, user_id),
                   LATERAL (SELECT * FROM rsvps WHERE activity_id = party.activity_id AND user_id = party.user_id OFFSET 0) AS r
        ), wanted AS MATERIALIZED (
            SELECT activity_id, line_key FROM asked WHERE line_key IS NOT NULL
        ), ranked AS (
            SELECT r.activity_id, r.line_key,
                   dense_rank() OVER (PARTITION BY r.activity_id ORDER BY r.line_key, r.place_id) AS rank
            FROM   rsvps r
            JOIN   (SELECT activity_id, max(line_key) AS line_key FROM wanted GROUP BY activity_id) AS last
                   ON r.activity_id = last.activity_id AND r.line_key <= last.line_key
            WHERE  r.status = 'waitlisted'
        )
        SELECT DISTINCT activity_id, line_key, rank FROM ranked JOIN wanted USING (activity_id, line_key)
        """;

    private const string SmallestPlacesSql =
        """
        SELECT a.activity_id,
               (SELECT min(r.place_spots) FROM rsvps r WHERE r.activity_id = a.activity_id AND r.status = 'waitlisted')
        FROM   activities a
        WHERE  a.activity_id = ANY($1) AND a.waitlisted_places > 0
        """;

    /// <summary>Loads the state for the commands.</summary>
    /// <param name="connection">Open, outside a transaction: the batch is one of its own.</param>
    /// <param name="commands">The commands.</param>
    /// <param name="cancellationToken">Ends the load.</param>
    public static async Task<WorkingSet> ReadAsync(
        NpgsqlConnection connection, IReadOnlyList<Command> commands, CancellationToken cancellationToken)
    {
        using var span = Traces.Step("load");
        await using var batch = new NpgsqlBatch(connection);
        var results = AddStatements(batch, commands);
        WorkingSet state;
        await using (var row = await batch.ExecuteReaderAsync(cancellationToken))
        {
            state = await ReadResultsAsync(row, results, cancellationToken);
        }

        await GroupLoad.ReadAsync(connection, state, commands, cancellationToken);
        return state;
    }

    /// <summary>Adds what the commands need, and no statement that would be asked for nothing: each costs PostgreSQL as much as a row.</summary>
    /// <returns>What becomes of a row of each result after the first, in the order of the results.</returns>
    private static List<Action<WorkingSet, NpgsqlDataReader>> AddStatements(NpgsqlBatch batch, IReadOnlyList<Command> commands)
    {
        Guid[] activityIds = [.. commands.Select(command => command.ActivityId).Distinct()];
        var callers = commands.Select(command => command.Caller).Where(caller => caller.UserId != Guid.Empty).DistinctBy(caller => caller.UserId).ToList();
        Guid[] named = [.. commands.SelectMany(Named).Distinct()];
        var parties = commands.SelectMany(Parties).Distinct().ToList();
        var hosts = commands.Where(IsJudgedByHosts).Select(command => (command.ActivityId, command.Caller.UserId)).Distinct().ToList();
        Guid[] partyActivities = [.. parties.Select(party => party.ActivityId)];
        Guid[] partyUsers = [.. parties.Select(party => party.UserId)];
        Guid[] userIds = [.. callers.Select(caller => caller.UserId)];
        Guid[] withHosts = [.. commands.Where(command => command is { AddHost: not null } or { RemoveHost: not null }).Select(command => command.ActivityId).Distinct()];
        Guid[] keys = [.. commands.Select(command => command.KeyId).OfType<Guid>()];

        // The insert of users has no result.
        Sql.Add(batch, ActivitiesSql, activityIds);
        Sql.Add(batch, NewUsersSql, userIds, callers.Select(caller => caller.Name).ToArray(), callers.Select(caller => caller.Email).ToArray());
        var results = new List<Action<WorkingSet, NpgsqlDataReader>>();
        Read(LoadUser, UsersSql, userIds.Concat(named).ToArray(), named);
        Read((state, row) => state.Load(RowReading.Rsvp(row)), RsvpsSql, partyActivities, partyUsers);
        Read(LoadOutcome, OutcomesSql, commands.Select(command => command.RequestId).ToArray());
        Read((state, row) => state.Line(row.GetGuid(0)).LoadRank(row.GetInt64(1), (int)row.GetInt64(2)), RanksSql, partyActivities, partyUsers);
        Read(LoadSmallestPlace, SmallestPlacesSql, activityIds);
        if (hosts.Count > 0)
        {
            Read((state, row) => state.Hosts.Add((row.GetGuid(0), row.GetGuid(1))), HostsSql, hosts.Select(host => host.ActivityId).ToArray(), hosts.Select(host => host.UserId).ToArray());
        }

        if (withHosts.Length > 0)
        {
            Read((state, row) => state.HostsOf(row.GetGuid(0)).Add(row.GetGuid(1)), AllHostsSql, withHosts);
        }

        if (keys.Length > 0)
        {
            Read((state, row) => state.RequestsByKey[row.GetGuid(0)] = row.GetGuid(1), KeysSql, keys);
        }

        // New users need not be on the disk yet: what is decided for them is written after them, and when that is, they are. A flush less for each batch.
        Sql.AddUnhurried(batch);
        return results;

        void Read(Action<WorkingSet, NpgsqlDataReader> load, string sql, params ReadOnlySpan<object> values)
        {
            Sql.Add(batch, sql, values);
            results.Add(load);
        }
    }

    /// <summary>Users that a command speaks of.</summary>
    private static IEnumerable<Guid> Named(Command command) => command switch
    {
        { RegisterGroup: { } group } => group.Members.Select(member => member.UserId),
        { DeleteUser: { } deletion } => [deletion.UserId],
        { AddHost: { } host } => [host.UserId],
        { WalkIn: { } walkIn } => [walkIn.UserId],
        _ => [],
    };

    private static IEnumerable<(Guid ActivityId, Guid UserId)> Parties(Command command) => command switch
    {
        { RegisterGroup: { } group } => group.Members.Select(member => (command.ActivityId, member.UserId)),
        { WalkIn: { } walkIn } => [(command.ActivityId, walkIn.UserId)],
        _ => [(command.ActivityId, command.RsvpUserId ?? command.Caller.UserId)],
    };

    private static bool IsJudgedByHosts(Command command) => command is
    { UpdateActivity: not null } or { RegisterGroup: not null } or { CancelGroup: not null } or { AddHost: not null } or { RemoveHost: not null }
        or { RemoveRsvp: not null } or { CancelActivity: not null } or { PromoteWaitlist: not null } or { BulkWaitlist: not null }
        or { CheckIn: not null } or { UndoCheckIn: not null } or { WalkIn: not null } or { ReleaseNoShows: not null };

    private static async Task<WorkingSet> ReadResultsAsync(
        NpgsqlDataReader row, List<Action<WorkingSet, NpgsqlDataReader>> results, CancellationToken cancellationToken)
    {
        await row.ReadAsync(cancellationToken);
        var state = new WorkingSet { Now = row.GetFieldValue<DateTimeOffset>(0) };
        do
        {
            if (!row.IsDBNull(1))
            {
                state.Load(RowReading.Activity(row, 1));
            }
        }
        while (await row.ReadAsync(cancellationToken));

        foreach (var load in results)
        {
            await row.NextResultAsync(cancellationToken);
            while (await row.ReadAsync(cancellationToken))
            {
                load(state, row);
            }
        }

        return state;
    }

    private static void LoadUser(WorkingSet state, NpgsqlDataReader row) => (row.GetBoolean(1) ? state.DeletedUsers : state.KnownUsers).Add(row.GetGuid(0));

    private static void LoadOutcome(WorkingSet state, NpgsqlDataReader row)
    {
        var outcome = JsonSerializer.Deserialize(row.GetString(0), ContractJson.Default.CommandOutcome)!;
        state.OutcomesByRequest[outcome.RequestId] = outcome;
    }

    private static void LoadSmallestPlace(WorkingSet state, NpgsqlDataReader row)
    {
        if (!row.IsDBNull(1))
        {
            state.Line(row.GetGuid(0)).LoadSmallest(row.GetInt32(1));
        }
    }
}
