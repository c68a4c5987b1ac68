using System.Security.Cryptography;
using System.Text;
using Npgsql;
using Rsvp.Worker.Migrations;

namespace Rsvp.Testing;

/// <summary>The migrated database that test databases are copies of: made once per server and set of migrations, whichever test process comes first.</summary>
internal static class DatabaseTemplate
{
    /// <summary>One template at a time on a server; roles are shared by its databases, so two migrations must not meet either.</summary>
    private const long LockId = 0x5253565054455354;

    private static readonly Lazy<Task<string>> Name = new(EnsureAsync);

    /// <summary>Copies the template.</summary>
    /// <param name="database">The name of the copy.</param>
    internal static async Task CopyAsync(string database)
    {
        var template = await Name.Value;
        await using var server = NpgsqlDataSource.Create(TestServers.Postgres);
        await using var copy = server.CreateCommand($"CREATE DATABASE {database} TEMPLATE {template}");
        await copy.ExecuteNonQueryAsync();
    }

    private static async Task<string> EnsureAsync()
    {
        var scripts = string.Concat(MigrationScripts.Load().Select(script => script.Name + script.Contents));
        var name = $"rsvp_template_{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(scripts)))[..16]}";

        await using var server = NpgsqlDataSource.Create(TestServers.Postgres);
        await using var connection = await server.OpenConnectionAsync();
        await ExecuteAsync(connection, "SELECT pg_advisory_lock($1)", LockId);

        // Only a finished one is marked as a template.
        await using var finished = new NpgsqlCommand("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1 AND datistemplate)", connection)
        {
            Parameters = { new() { Value = name } },
        };
        if (await finished.ExecuteScalarAsync() is not true)
        {
            await ExecuteAsync(connection, $"DROP DATABASE IF EXISTS {name}");
            await ExecuteAsync(connection, $"CREATE DATABASE {name}");
            await Migrator.ApplyAsync(TestDatabase.ConnectionStringTo(name), TimeProvider.System);
            await ExecuteAsync(connection, $"ALTER DATABASE {name} IS_TEMPLATE true");
        }

        await ExecuteAsync(connection, "SELECT pg_advisory_unlock($1)", LockId);
        return name;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        await command.ExecuteNonQueryAsync();
    }
}
