using Npgsql;
using Rsvp.Cli.Instances;
using Rsvp.Cli.Servers;
using Rsvp.Worker.Migrations;

namespace Rsvp.Bench.Contenders;

/// <summary>A database with our schema, for a design that is not ours.</summary>
internal sealed class RivalDatabase : IAsyncDisposable
{
    // What an activity is when it is new: rows that belong together by these columns, in an order that the foreign keys take.
    private static readonly (string Table, string Where)[] ActivityRows =
    [
        ("users", "user_id IN (SELECT user_id FROM activity_hosts WHERE activity_id = $1)"),
        ("activities", "activity_id = $1"),
        ("activity_hosts", "activity_id = $1"),
        ("rsvp_requests", "activity_id = $1"),
        ("rsvp_analytics", "activity_id = $1"),
    ];

    // What an activity has when people have asked, and which of its columns hold ids of its own.
    private static readonly (string Table, string[] Ids)[] ClonedRows =
    [
        ("activities", ["activity_id"]),
        ("activity_hosts", ["activity_id"]),
        ("rsvps", ["rsvp_id", "activity_id", "place_id"]),
        ("rsvp_analytics", ["log_id", "activity_id", "rsvp_id", "place_id"]),
        ("notifications", ["log_id", "activity_id", "rsvp_id"]),
    ];

    private static readonly TimeSpan StatementAtMost = TimeSpan.FromMinutes(10);

    private readonly NpgsqlDataSource _owner;

    private RivalDatabase(NpgsqlDataSource owner, NpgsqlDataSource reader, string workerKeywords)
    {
        _owner = owner;
        Reader = reader;
        WorkerKeywords = workerKeywords;
    }

    internal NpgsqlDataSource Reader { get; }

    /// <summary>With the rights of our worker.</summary>
    internal string WorkerKeywords { get; }

    internal static async Task<RivalDatabase> CreateAsync(Instance instance, string name, CancellationToken cancellationToken)
    {
        PostgresServer server = instance.Postgres;
        await using (var superuser = NpgsqlDataSource.Create(server.SuperuserKeywords + ";Pooling=false"))
        {
            foreach (string sql in (string[])[$"DROP DATABASE IF EXISTS {name} WITH (FORCE)", $"CREATE DATABASE {name} OWNER {PostgresServer.Owner}"])
            {
                await using NpgsqlCommand command = superuser.CreateCommand(sql);
                await command.ExecuteNonQueryAsync(cancellationToken);
            }
        }

        string owner = server.Address.Keywords(PostgresServer.Owner, instance.Secrets.PostgresOwner, name);
        await Migrator.ApplyAsync(owner, TimeProvider.System, cancellationToken: cancellationToken);
        return new RivalDatabase(
            NpgsqlDataSource.Create(owner),
            NpgsqlDataSource.Create(server.Address.Keywords(PostgresServer.Auditor, instance.Secrets.PostgresAuditor, name)),
            new NpgsqlConnectionStringBuilder(server.ServiceKeywords("rsvp_worker", instance.Secrets.PostgresWorker)) { Database = name }.ToString());
    }

    /// <summary>Copies a new activity with all that belongs to it.</summary>
    internal async Task CopyAsync(NpgsqlDataSource from, Guid activityId, CancellationToken cancellationToken)
    {
        foreach ((string table, string where) in ActivityRows)
        {
            await using NpgsqlCommand read = from.CreateCommand($"SELECT coalesce(jsonb_agg(to_jsonb(t)), '[]')::text FROM {table} t WHERE {where}");
            read.Parameters.Add(new() { Value = activityId });
            string rows = (string)(await read.ExecuteScalarAsync(cancellationToken))!;
            await using NpgsqlCommand write = _owner.CreateCommand(
                $"INSERT INTO {table} SELECT * FROM jsonb_populate_recordset(NULL::{table}, $1::jsonb) ON CONFLICT DO NOTHING");
            write.Parameters.Add(new() { Value = rows });
            await write.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    /// <summary>Copies an activity with its RSVPs and their log, under new ids; the people are the same.</summary>
    internal async Task CloneAsync(Guid activityId, CancellationToken cancellationToken)
    {
        string salt = Guid.NewGuid().ToString("N");
        foreach ((string table, string[] ids) in ClonedRows)
        {
            await using NpgsqlCommand read = _owner.CreateCommand(
                "SELECT array_agg(attname::text) FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''");
            read.Parameters.Add(new() { Value = table });
            var columns = (string[])(await read.ExecuteScalarAsync(cancellationToken))!;

            // The copies were not asked for: no request stands behind a row of their log.
            IEnumerable<string> values = columns.Select(column =>
                ids.Contains(column) ? $"md5({column}::text || '{salt}')::uuid" : column == "request_id" ? "NULL" : column);
            await ExecuteAsync(
                $"INSERT INTO {table} ({string.Join(", ", columns)}) SELECT {string.Join(", ", values)} FROM {table} WHERE activity_id = '{activityId}'", cancellationToken);
        }
    }

    /// <summary>Runs a statement as the owner of the schema.</summary>
    internal async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = _owner.CreateCommand(sql);
        command.CommandTimeout = (int)StatementAtMost.TotalSeconds;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await Reader.DisposeAsync();
        await _owner.DisposeAsync();
    }
}
