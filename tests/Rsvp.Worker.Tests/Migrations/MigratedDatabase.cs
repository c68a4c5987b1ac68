using Rsvp.Testing;
using Rsvp.Worker.Migrations;

namespace Rsvp.Worker.Tests.Migrations;

/// <summary>A database that was migrated and not copied: a copy has no rights on the database as such. A class fixture.</summary>
public sealed class MigratedDatabase : IAsyncLifetime
{
    private readonly Dictionary<string, string> _connectionStrings = [];
    private TestDatabase? _database;

    internal TestDatabase Database => _database ?? throw new InvalidOperationException("InitializeAsync was not awaited.");

    /// <summary>Of a user with the rights of a role; the same at each call.</summary>
    internal async Task<string> ConnectionStringOfAsync(string role) =>
        _connectionStrings.TryGetValue(role, out var known) ? known : _connectionStrings[role] = await Database.ConnectionStringOfAsync(role);

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateEmptyAsync();
        await Migrator.ApplyAsync(Database.ConnectionString, TimeProvider.System);
    }

    public async ValueTask DisposeAsync() => await Database.DisposeAsync();
}
