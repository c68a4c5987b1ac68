using Npgsql;

namespace Rsvp.Bench.Rivals;

/// <summary>Adds statements with positional parameters to a batch.</summary>
internal static class BatchExtensions
{
    internal static void Add(this NpgsqlBatch batch, string sql, params ReadOnlySpan<object?> values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (object? value in values) command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value });
        batch.BatchCommands.Add(command);
    }
}
