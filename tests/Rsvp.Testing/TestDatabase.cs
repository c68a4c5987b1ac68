using Npgsql;
using Rsvp.Worker.Partitions;
using Xunit;

namespace Rsvp.Testing;

/// <summary>A migrated database of its own on the test server; dropped at the end. A class fixture, or made by a test that wants one for itself.</summary>
public class TestDatabase : IAsyncLifetime
{
    private readonly string _name = $"rsvp_test_{Guid.NewGuid():N}";
    private readonly List<string> _users = [];
    private NpgsqlDataSource? _dataSource;
    private NpgsqlDataSource? _batches;

    /// <summary>Connection string of a superuser to this database.</summary>
    public string ConnectionString => ConnectionStringTo(_name);

    /// <summary>Connections of a superuser to this database.</summary>
    public NpgsqlDataSource DataSource => _dataSource ?? throw new InvalidOperationException("InitializeAsync was not awaited.");

    /// <summary>The same, whose plans are made as the worker's are for batches.</summary>
    public NpgsqlDataSource Batches => _batches ?? throw new InvalidOperationException("InitializeAsync was not awaited.");

    /// <summary>Makes a migrated database; the caller disposes of it.</summary>
    public static async Task<TestDatabase> CreateAsync()
    {
        var database = new TestDatabase();
        await database.InitializeAsync();
        return database;
    }

    /// <summary>Makes a database with nothing in it; the caller disposes of it.</summary>
    public static async Task<TestDatabase> CreateEmptyAsync()
    {
        var database = new EmptyTestDatabase();
        await database.InitializeAsync();
        return database;
    }

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        await CreateDatabaseAsync(_name);
        _dataSource = NpgsqlDataSource.Create(ConnectionString);
        _batches = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(ConnectionString) { Options = PartitionExtensions.BatchPlanOptions }.ConnectionString);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_dataSource is not null && _batches is not null)
        {
            await _dataSource.DisposeAsync();
            await _batches.DisposeAsync();
            await using var server = NpgsqlDataSource.Create(TestServers.Postgres);
            await using var drop = server.CreateCommand($"DROP DATABASE IF EXISTS {_name} WITH (FORCE)");
            await drop.ExecuteNonQueryAsync();
            foreach (var user in _users)
            {
                await using var forget = server.CreateCommand($"DROP ROLE {user}");
                await forget.ExecuteNonQueryAsync();
            }
        }
    }

    /// <summary>Makes a user with the rights of a service's role, on this database.</summary>
    /// <param name="role">Such as <c>rsvp_api</c>.</param>
    /// <returns>Its connection string.</returns>
    public async Task<string> ConnectionStringOfAsync(string role)
    {
        var user = $"{role}_{_name}";
        var password = Guid.NewGuid().ToString("N");
        await ExecuteAsync($"CREATE ROLE {user} LOGIN PASSWORD '{password}' IN ROLE {role}");
        _users.Add(user);
        return new NpgsqlConnectionStringBuilder(ConnectionString) { Username = user, Password = password }.ConnectionString;
    }

    /// <summary>Runs statements that return nothing.</summary>
    /// <param name="sql">The statements; parameters are <c>$1</c>, <c>$2</c> and so on.</param>
    /// <param name="values">The parameters' values.</param>
    /// <returns>The number of rows changed.</returns>
    public async Task<int> ExecuteAsync(string sql, params object?[] values)
    {
        await using var command = CreateCommand(sql, values);
        return await command.ExecuteNonQueryAsync();
    }

    /// <summary>Reads one value.</summary>
    /// <param name="sql">The query; parameters are <c>$1</c>, <c>$2</c> and so on.</param>
    /// <param name="values">The parameters' values.</param>
    /// <returns>The first column of the first row; null when there is none.</returns>
    public async Task<T?> ScalarAsync<T>(string sql, params object?[] values)
    {
        await using var command = CreateCommand(sql, values);
        return await command.ExecuteScalarAsync() is T value and not DBNull ? value : default;
    }

    /// <summary>Ends all connections and lets nobody in, as an outage would.</summary>
    public async Task RefuseConnectionsAsync()
    {
        await using var server = NpgsqlDataSource.Create(TestServers.Postgres);
        await using var refuse = server.CreateCommand($"ALTER DATABASE {_name} ALLOW_CONNECTIONS false");
        await refuse.ExecuteNonQueryAsync();
        await using var end = server.CreateCommand("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1");
        end.Parameters.AddWithValue(_name);
        await end.ExecuteNonQueryAsync();
    }

    /// <summary>Ends what <see cref="RefuseConnectionsAsync"/> began.</summary>
    public async Task AllowConnectionsAsync()
    {
        await using var server = NpgsqlDataSource.Create(TestServers.Postgres);
        await using var allow = server.CreateCommand($"ALTER DATABASE {_name} ALLOW_CONNECTIONS true");
        await allow.ExecuteNonQueryAsync();

        // Our own connections were ended with the others.
        DataSource.Clear();
    }

    /// <summary>Creates the database on the server.</summary>
    /// <param name="name">Its name.</param>
    protected virtual async Task CreateDatabaseAsync(string name) => await DatabaseTemplate.CopyAsync(name);

    internal static string ConnectionStringTo(string database) =>
        new NpgsqlConnectionStringBuilder(TestServers.Postgres) { Database = database, IncludeErrorDetail = true }.ConnectionString;

    private NpgsqlCommand CreateCommand(string sql, object?[] values)
    {
        var command = DataSource.CreateCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value });
        }

        return command;
    }

    private sealed class EmptyTestDatabase : TestDatabase
    {
        protected override async Task CreateDatabaseAsync(string name)
        {
            await using var server = NpgsqlDataSource.Create(TestServers.Postgres);
            await using var create = server.CreateCommand($"CREATE DATABASE {name}");
            await create.ExecuteNonQueryAsync();
        }
    }
}
