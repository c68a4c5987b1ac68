using Npgsql;
using Rsvp.Contracts;
using Rsvp.Worker.Decisions;
using Rsvp.Worker.Groups;

namespace Rsvp.Worker.Partitions;

/// <summary>Reads the members of groups that a batch touches: those who wait as one place, and those that are cancelled as one. Most batches have none.</summary>
internal static class GroupLoad
{
    private const string GroupsSql = "SELECT group_id, activity_id, created_by, all_or_nothing FROM rsvp_groups WHERE group_id = ANY($1)";

    private const string MembersSql =
        $"""
        SELECT {RowReading.RsvpColumns}
        FROM   unnest($1) AS wanted (group_id)
        JOIN   rsvps r ON r.group_id = wanted.group_id
        """;

    /// <summary>Adds to what was loaded for a batch.</summary>
    public static async Task ReadAsync(
        NpgsqlConnection connection, WorkingSet state, IReadOnlyList<Command> commands, CancellationToken cancellationToken)
    {
        var waiting = state.LoadedRsvps.Values.Where(rsvp => rsvp.Place is not null && rsvp.PlaceId != rsvp.Id).Select(rsvp => rsvp.PlaceId);
        var cancelled = commands.Where(command => command.CancelGroup is not null).Select(command => command.CancelGroup!.GroupId);
        Guid[] groupIds = [.. waiting.Concat(cancelled).Distinct()];
        if (groupIds.Length == 0)
        {
            return;
        }

        await using var batch = new NpgsqlBatch(connection);
        Sql.Add(batch, GroupsSql, groupIds);
        Sql.Add(batch, MembersSql, groupIds);
        await using var row = await batch.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            state.Groups[row.GetGuid(0)] = new GroupState(row.GetGuid(0), row.GetGuid(1), row.GetGuid(2), row.GetBoolean(3));
        }

        await row.NextResultAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            state.Load(RowReading.Rsvp(row));
        }
    }
}
