using Npgsql;
using Rsvp.Contracts;
using Rsvp.Worker.Activities;
using Rsvp.Worker.CheckIns;
using Rsvp.Worker.Decisions;
using Rsvp.Worker.Waitlist;

namespace Rsvp.Worker.Partitions;

/// <summary>Reads what commands need that concern many parties: each of them runs alone in its transaction.</summary>
internal static class HostLoad
{
    // Looked up by id first and filtered after: a plan for any activity may go through all of a large one.
    private const string ByIdSql =
        $"""
        WITH named AS MATERIALIZED (SELECT * FROM rsvps WHERE rsvp_id = ANY($2))
        SELECT {RowReading.RsvpColumns} FROM named r WHERE r.activity_id = $1
        """;

    private const string ByKeySql =
        $"SELECT {RowReading.RsvpColumns} FROM rsvps r WHERE r.activity_id = $1 AND r.status = 'waitlisted' AND r.line_key = ANY($2) ORDER BY r.line_key, r.rsvp_id";

    private const string ActiveSql =
        $"SELECT {RowReading.RsvpColumns} FROM rsvps r WHERE r.activity_id = $1 AND r.status <> 'cancelled' ORDER BY r.user_id LIMIT $2";

    private const string AbsentSql =
        $"""
        SELECT {RowReading.RsvpColumns}
        FROM   rsvps r
        WHERE  r.activity_id = $1 AND r.status = 'confirmed' AND r.checked_in_at IS NULL AND ($3::timestamptz IS NULL OR r.updated_at <= $3)
        ORDER  BY r.user_id
        LIMIT  $2
        """;

    // The line without those who are moved, from the neighbours ahead of the target to the one that comes to stand behind it.
    private const string TargetSql =
        """
        SELECT rest.rank, rest.line_key
        FROM   (SELECT place.line_key, row_number() OVER (ORDER BY place.line_key) AS rank
                FROM   (SELECT DISTINCT r.line_key
                        FROM   rsvps r
                        WHERE  r.activity_id = $1 AND r.status = 'waitlisted' AND NOT EXISTS (SELECT FROM unnest($2) AS moved (line_key) WHERE moved.line_key = r.line_key)
                        ORDER  BY r.line_key
                        LIMIT  $3) AS place) AS rest
        WHERE  rest.rank >= $3 - $4
        ORDER  BY rest.rank
        """;

    /// <summary>Adds to what was loaded for a command that runs alone.</summary>
    public static async Task ReadAsync(NpgsqlConnection connection, WorkingSet state, Command command, CancellationToken cancellationToken)
    {
        var activityId = command.ActivityId;
        switch (command)
        {
            case { PromoteWaitlist: { Count: not null } }:
                state.WaitingLine = await LineLoad.ReadAsync(connection, activityId, cancellationToken);
                LoadAll(state, state.WaitingLine.Places.SelectMany(place => place.Parties));
                break;
            case { PromoteWaitlist: { } promotion }:
                await ReadNamedAsync(connection, state, activityId, promotion.RsvpIds, cancellationToken);
                break;
            case { BulkWaitlist: { } bulk }:
                await ReadNamedAsync(connection, state, activityId, bulk.RsvpIds, cancellationToken);
                if (bulk is { Action: "move", ToPosition: int position })
                {
                    await ReadTargetAsync(connection, state, activityId, bulk.RsvpIds, position, cancellationToken);
                }

                break;
            case { EndRsvps: not null }:
                state.Concerned = await ReadAsync(connection, ActiveSql, [activityId, CallOffDecision.RsvpsMax], cancellationToken);
                LoadAll(state, state.Concerned);
                await GroupLoad.ReadAsync(connection, state, [command], cancellationToken);
                break;
            case { ReleaseNoShows: { } release }:
                state.Concerned = await ReadAsync(
                    connection, AbsentSql, [activityId, ReleaseNoShowsDecision.RsvpsMax, (object?)release.AskedAt ?? DBNull.Value], cancellationToken);
                LoadAll(state, state.Concerned);
                break;
            default:
                break;
        }
    }

    private static async Task ReadNamedAsync(
        NpgsqlConnection connection, WorkingSet state, Guid activityId, IReadOnlyList<Guid> rsvpIds, CancellationToken cancellationToken)
    {
        var named = await ReadAsync(connection, ByIdSql, [activityId, rsvpIds.ToArray()], cancellationToken);
        LoadAll(state, named);
        await GroupLoad.ReadAsync(connection, state, [], cancellationToken);

        RsvpState[] waiting = [.. named.Where(party => party.Place is not null)];
        await using var command = new NpgsqlCommand(BatchLoad.RanksSql, connection);
        command.Parameters.AddWithValue(Array.ConvertAll(waiting, party => party.ActivityId));
        command.Parameters.AddWithValue(Array.ConvertAll(waiting, party => party.UserId));
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            state.Line(activityId).LoadRank(row.GetInt64(1), (int)row.GetInt64(2));
        }
    }

    private static async Task ReadTargetAsync(
        NpgsqlConnection connection, WorkingSet state, Guid activityId, IReadOnlyList<Guid> rsvpIds, int position, CancellationToken cancellationToken)
    {
        if (state.Activity(activityId) is not ActivityState activity)
        {
            return;
        }

        long[] moved = [.. rsvpIds.Select(id => state.RsvpById(activityId, id)?.Place?.LineKey).OfType<long>().Distinct()];
        if (moved.Length == 0)
        {
            return;
        }

        var keys = new List<long>();
        var lastRank = 0L;
        await using (var command = new NpgsqlCommand(TargetSql, connection))
        {
            command.Parameters.AddWithValue(activityId);
            command.Parameters.AddWithValue(moved);
            command.Parameters.AddWithValue((long)position);
            command.Parameters.AddWithValue((long)MovePlan.AheadMax);
            await using var row = await command.ExecuteReaderAsync(cancellationToken);
            while (await row.ReadAsync(cancellationToken))
            {
                lastRank = row.GetInt64(0);
                keys.Add(row.GetInt64(1));
            }
        }

        // Beyond the end of the line is its end.
        var target = lastRank == position
            ? new MoveTarget(position, keys[..^1], keys[^1])
            : new MoveTarget((int)lastRank + 1, keys, Behind: null);
        state.MovePlan = MovePlan.For(target, moved.Length, activity.NextLineKey);
        long[] respaced = [.. state.MovePlan.Respaced.Select(pair => pair.Old)];
        if (respaced.Length > 0)
        {
            state.Concerned = await ReadAsync(connection, ByKeySql, [activityId, respaced], cancellationToken);
            LoadAll(state, state.Concerned);
        }
    }

    private static async Task<IReadOnlyList<RsvpState>> ReadAsync(
        NpgsqlConnection connection, string sql, object[] values, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        Sql.Add(batch, sql, values);
        await using var row = await batch.ExecuteReaderAsync(cancellationToken);
        var rsvps = new List<RsvpState>();
        while (await row.ReadAsync(cancellationToken))
        {
            rsvps.Add(RowReading.Rsvp(row));
        }

        return rsvps;
    }

    private static void LoadAll(WorkingSet state, IEnumerable<RsvpState> rsvps)
    {
        foreach (var rsvp in rsvps)
        {
            state.Load(rsvp);
        }
    }
}
