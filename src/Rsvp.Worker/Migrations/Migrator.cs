using DbUp;
using DbUp.Engine;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Rsvp.Hosting.Database;

namespace Rsvp.Worker.Migrations;

/// <summary>Brings a database to the newest schema.</summary>
/// <remarks>Any number of processes may start it together and repeat it: each script is applied once, in order, in a transaction of its own.</remarks>
internal static partial class Migrator
{
    /// <summary>How long a database may take to accept connections; a first start of PostgreSQL takes a few seconds.</summary>
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan ConnectInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>How long another process may take to migrate, and one script to run; index builds on large tables take minutes.</summary>
    private static readonly TimeSpan ScriptTimeout = TimeSpan.FromMinutes(30);

    /// <summary>How long a script asks for one lock. Whoever comes after it waits behind it, so it gives up early, and lets them pass before it is tried again.</summary>
    private const string LockTimeout = "2s";

    private static readonly TimeSpan LockPause = TimeSpan.FromSeconds(2);

    /// <summary>How long scripts are tried again when others hold what they need, such as a backup that nobody waited for.</summary>
    private static readonly TimeSpan LockPatience = TimeSpan.FromMinutes(30);

    /// <summary>The advisory lock under which scripts are applied; any number will do that nothing else locks ("RSVPMIGR").</summary>
    private const long LockId = 0x525356504D494752;

    /// <summary>The command <c>migrate</c>: applies the scripts to <c>ConnectionStrings:Migrations</c>.</summary>
    /// <param name="configuration">The service's configuration.</param>
    /// <param name="cancellationToken">Ends the waits, not a running script.</param>
    /// <exception cref="InvalidOperationException">The connection string is missing, or a script failed.</exception>
    internal static async Task RunAsync(IConfiguration configuration, CancellationToken cancellationToken)
    {
        var connectionString = configuration.GetConnectionString("Migrations")
            ?? throw new InvalidOperationException("ConnectionStrings:Migrations is missing.");
        using var loggers = LoggerFactory.Create(logging => logging.AddSimpleConsole(console => console.SingleLine = true));
        await ApplyAsync(connectionString, TimeProvider.System, loggers.CreateLogger("Rsvp.Worker.Migrations"), cancellationToken);
    }

    /// <summary>Applies the scripts that the database lacks; waits up to 60 s for it to accept connections.</summary>
    /// <param name="connectionString">A role that may create tables and roles.</param>
    /// <param name="timeProvider">Measures the waits.</param>
    /// <param name="logger">Where applied scripts are named; null: nowhere.</param>
    /// <param name="cancellationToken">Ends the waits, not a running script.</param>
    /// <exception cref="NpgsqlException">The database was not reachable in time, or refused.</exception>
    /// <exception cref="InvalidOperationException">A script failed; the ones before it stay applied.</exception>
    internal static async Task ApplyAsync(
        string connectionString, TimeProvider timeProvider, ILogger? logger = null, CancellationToken cancellationToken = default)
    {
        // Unpooled: closing the connection ends the session, and with it the lock.
        var unpooled = new NpgsqlConnectionStringBuilder(PostgresExtensions.SeekPrimary(connectionString))
        {
            Pooling = false,
            CommandTimeout = (int)ScriptTimeout.TotalSeconds,
        };

        // Its own wait is for another process that migrates, and holds up nobody.
        await using var holder = await ConnectAsync(unpooled.ConnectionString, timeProvider, cancellationToken);
        await using var takeLock = new NpgsqlCommand("SELECT pg_advisory_lock($1)", holder)
        {
            Parameters = { new() { Value = LockId } },
        };
        await takeLock.ExecuteNonQueryAsync(cancellationToken);

        unpooled.Options = $"{unpooled.Options} -c lock_timeout={LockTimeout}".TrimStart();
        var scripts = MigrationScripts.Load();
        var log = logger ?? NullLogger.Instance;
        var started = timeProvider.GetTimestamp();
        var result = Upgrade(unpooled.ConnectionString, scripts, log);
        while (MetLock(result) && timeProvider.GetElapsedTime(started) < LockPatience)
        {
            LogLocked(log, result.ErrorScript?.Name);
            await Task.Delay(LockPause, timeProvider, cancellationToken);
            result = Upgrade(unpooled.ConnectionString, scripts, log);
        }

        if (!result.Successful)
        {
            throw new InvalidOperationException($"Migration {result.ErrorScript?.Name} failed: {result.Error?.Message}", result.Error);
        }
    }

    private static DatabaseUpgradeResult Upgrade(string connectionString, IReadOnlyList<SqlScript> scripts, ILogger logger) =>
        DeployChanges.To.PostgresqlDatabase(connectionString)
            .WithScripts(scripts)
            .JournalTo((connections, _) => new SchemaVersionJournal(connections, scripts))
            .WithTransactionPerScript()
            .WithVariablesDisabled() // or it takes the $$ of PL/pgSQL for variables
            .WithExecutionTimeout(ScriptTimeout)
            .LogTo(logger)
            .Build()
            .PerformUpgrade();

    private static bool MetLock(DatabaseUpgradeResult result) => result.Error?.GetBaseException() is PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable };

    private static async Task<NpgsqlConnection> ConnectAsync(string connectionString, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        var started = timeProvider.GetTimestamp();
        while (true)
        {
            var connection = new NpgsqlConnection(connectionString);
            try
            {
                await connection.OpenAsync(cancellationToken);
                return connection;
            }
            catch (NpgsqlException exception) when (MayPass(exception) && timeProvider.GetElapsedTime(started) < ConnectTimeout)
            {
                await connection.DisposeAsync();
                await Task.Delay(ConnectInterval, timeProvider, cancellationToken);
            }
            catch
            {
                await connection.DisposeAsync();
                throw;
            }
        }
    }

    /// <summary>Not there yet, starting up or out of connections; a wrong password or database name stays wrong.</summary>
    private static bool MayPass(NpgsqlException exception) => exception is not PostgresException refusal
        || refusal.IsTransient
        || refusal.SqlState is PostgresErrorCodes.CannotConnectNow or PostgresErrorCodes.TooManyConnections;

    [LoggerMessage(1011, LogLevel.Warning, "Migration {Migration} did not get a lock in time and is tried again")]
    private static partial void LogLocked(ILogger logger, string? migration);
}
