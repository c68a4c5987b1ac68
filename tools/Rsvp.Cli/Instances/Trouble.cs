using Npgsql;

namespace Rsvp.Cli.Instances;

/// <summary>What waits for a person, as the system itself counts it.</summary>
internal static class Trouble
{
    /// <summary>Two lines, whether there is any or not; one when the database cannot be asked.</summary>
    internal static async Task WriteAsync(RsvpHome home, CancellationToken cancellationToken)
    {
        if (JsonFile.Read<RunFile>(home.RunFile) is not RunFile run) return;

        try
        {
            await using NpgsqlDataSource dataSource = NpgsqlDataSource.Create(run.AuditorKeywords() + ";Timeout=3;Command Timeout=3");
            await using NpgsqlCommand command = dataSource.CreateCommand(
                "SELECT (SELECT messages FROM dead_letter_watch), (SELECT coalesce(sum(violations), 0)::bigint FROM audit_violations)");
            await using NpgsqlDataReader row = await command.ExecuteReaderAsync(cancellationToken);
            await row.ReadAsync(cancellationToken);
            Console.WriteLine($"dead letters: {row.GetInt64(0)}{(row.GetInt64(0) > 0 ? " (./rsvp dead list)" : "")}");
            Console.WriteLine($"open violations: {row.GetInt64(1)}{(row.GetInt64(1) > 0 ? " (./rsvp audit)" : "")}");
        }
        catch (NpgsqlException error)
        {
            Console.WriteLine($"dead letters and violations: the database cannot be asked ({error.Message})");
        }
    }
}
