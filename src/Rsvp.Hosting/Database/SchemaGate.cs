using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Rsvp.Hosting.Database;

/// <summary>Lets a service begin once the database has the schema that this build needs.</summary>
/// <param name="dataSource">The service's database.</param>
/// <param name="logger">Where waiting is said.</param>
public sealed partial class SchemaGate(NpgsqlDataSource dataSource, ILogger<SchemaGate> logger)
{
    /// <summary>The newest migration that this build relies on: the number its file name begins with.</summary>
    public const int RequiredMigration = 17;

    // Often enough that a start after migrating feels immediate; one cheap query each.
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(250);

    private volatile bool _isOpen;

    /// <summary>True once the schema was seen; it never goes away again.</summary>
    public bool IsOpen => _isOpen;

    /// <summary>Waits until the schema is there; the database may be away meanwhile.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The service stops.</exception>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        var said = false;
        while (!await TryOpenAsync(cancellationToken))
        {
            if (!said)
            {
                LogWaiting(RequiredMigration);
                said = true;
            }

            await Task.Delay(PollInterval, cancellationToken);
        }
    }

    /// <summary>Looks once.</summary>
    /// <param name="cancellationToken">Ends the look.</param>
    /// <returns>Whether the schema is there; false also when the database is away.</returns>
    public async Task<bool> TryOpenAsync(CancellationToken cancellationToken)
    {
        if (_isOpen)
        {
            return true;
        }

        try
        {
            await using var command = dataSource.CreateCommand("SELECT coalesce(max(version), 0) FROM schema_version");
            _isOpen = Convert.ToInt32(await command.ExecuteScalarAsync(cancellationToken), null) >= RequiredMigration;
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException)
        {
            // Not there yet, or not reachable yet, or too slow to say: all mean wait.
        }

        return _isOpen;
    }

    [LoggerMessage(1001, LogLevel.Information, "Waiting for the database to have migration {Migration}")]
    private partial void LogWaiting(int migration);
}

/// <summary>Not ready until the schema is there.</summary>
/// <param name="gate">The gate to ask.</param>
internal sealed class SchemaHealthCheck(SchemaGate gate) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        await gate.TryOpenAsync(cancellationToken)
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy("The database is away or lacks a migration.");
}
