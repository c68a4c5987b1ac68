using Npgsql;
using NpgsqlTypes;

namespace Rsvp.Worker.Partitions;

/// <summary>Adds statements with positional parameters to a batch.</summary>
internal static class Sql
{
    /// <summary>Adds a statement whose <c>$1</c>, <c>$2</c>, … are <paramref name="values"/>, typed by their CLR types.</summary>
    public static void Add(NpgsqlBatch batch, string sql, params ReadOnlySpan<object> values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(value as NpgsqlParameter ?? new NpgsqlParameter { Value = value });
        }

        batch.BatchCommands.Add(command);
    }

    /// <summary>Adds that the commit of this batch does not wait for the disk. Last, so that the results before it stay where they are.</summary>
    public static void AddUnhurried(NpgsqlBatch batch) => Add(batch, "SELECT set_config('synchronous_commit', 'off', true)");

    /// <summary>JSON texts as one array parameter.</summary>
    public static NpgsqlParameter Json(IEnumerable<string> texts) =>
        new() { Value = texts.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Json };

    /// <summary>JSON texts for jsonb columns as one array parameter.</summary>
    public static NpgsqlParameter Jsonb(IEnumerable<string?> texts) =>
        new() { Value = texts.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Jsonb };
}
