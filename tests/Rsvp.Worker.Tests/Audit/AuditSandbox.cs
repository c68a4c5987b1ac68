using Npgsql;
using Rsvp.Testing;
using Rsvp.Worker.Audit;

namespace Rsvp.Worker.Tests.Audit;

/// <summary>A transaction that is never committed: tests write worlds, break them and audit them in it, and leave the database as it was.</summary>
internal sealed class AuditSandbox : IAsyncDisposable
{
    private readonly NpgsqlTransaction _transaction;

    private AuditSandbox(NpgsqlTransaction transaction) => _transaction = transaction;

    private NpgsqlConnection Connection => _transaction.Connection!;

    public static async Task<AuditSandbox> OpenAsync(TestDatabase database)
    {
        var connection = await database.DataSource.OpenConnectionAsync();
        var sandbox = new AuditSandbox(await connection.BeginTransactionAsync());

        // The last resort against what these tests want to see reported.
        await sandbox.ExecuteAsync("ALTER TABLE activities DROP CONSTRAINT activities_never_overbooked");
        return sandbox;
    }

    public async ValueTask DisposeAsync()
    {
        var connection = Connection;
        await _transaction.DisposeAsync();
        await connection.DisposeAsync();
    }

    public Task SaveAsync(AuditWorld world) => world.SaveAsync(Connection);

    public async Task<int> ExecuteAsync(string sql)
    {
        await using var command = new NpgsqlCommand(sql, Connection);
        return await command.ExecuteNonQueryAsync();
    }

    public async Task<T?> ScalarAsync<T>(string sql)
    {
        await using var command = new NpgsqlCommand(sql, Connection);
        return (T?)await command.ExecuteScalarAsync();
    }

    /// <summary>Audits, and checks that exactly these invariants are violated; none: that all hold.</summary>
    public async Task<AuditReport> ReportsAsync(AuditOptions options, params string[] invariants)
    {
        var report = await Auditor.CheckAsync(Connection, options);
        var violated = report.Invariants.Where(invariant => invariant.ViolationCount > 0).Select(invariant => invariant.Id);
        Assert.True(violated.SequenceEqual(invariants), $"Expected violations of [{string.Join(", ", invariants)}], but:\n{report}");
        return report;
    }

    /// <inheritdoc cref="ReportsAsync(AuditOptions, string[])"/>
    public Task<AuditReport> ReportsAsync(params string[] invariants) => ReportsAsync(new AuditOptions(), invariants);
}
