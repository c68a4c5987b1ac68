using System.Data;
using DbUp.Engine;
using DbUp.Engine.Transactions;

namespace Rsvp.Worker.Migrations;

/// <summary>Reads from <c>schema_version</c> what was applied. The scripts write it themselves, so one table tells it to services and to the migrator.</summary>
/// <param name="connections">DbUp's connections.</param>
/// <param name="scripts">All scripts of this build.</param>
internal sealed class SchemaVersionJournal(Func<IConnectionManager> connections, IReadOnlyList<SqlScript> scripts) : IJournal
{
    public string[] GetExecutedScripts()
    {
        var applied = connections().ExecuteCommandsWithManagedConnection(ReadVersions);
        return [.. scripts.Where(script => applied.Contains(MigrationScripts.NumberOf(script))).Select(script => script.Name)];
    }

    /// <summary>Runs in the script's transaction: a script that forgot to say that it was applied does not commit.</summary>
    /// <param name="script">What was run.</param>
    /// <param name="dbCommandFactory">Commands of the script's transaction.</param>
    public void StoreExecutedScript(SqlScript script, Func<IDbCommand> dbCommandFactory)
    {
        if (!ReadVersions(dbCommandFactory).Contains(MigrationScripts.NumberOf(script)))
        {
            throw new InvalidOperationException($"{script.Name} does not insert its number into schema_version.");
        }
    }

    public void EnsureTableExistsAndIsLatestVersion(Func<IDbCommand> dbCommandFactory)
    {
        // The first script creates the table.
    }

    private static HashSet<int> ReadVersions(Func<IDbCommand> commandFactory)
    {
        using var exists = commandFactory();
        exists.CommandText = "SELECT to_regclass('public.schema_version') IS NOT NULL";
        if (exists.ExecuteScalar() is not true)
        {
            return [];
        }

        using var read = commandFactory();
        read.CommandText = "SELECT version FROM public.schema_version";
        using var reader = read.ExecuteReader();
        var versions = new HashSet<int>();
        while (reader.Read())
        {
            versions.Add(reader.GetInt32(0));
        }

        return versions;
    }
}
