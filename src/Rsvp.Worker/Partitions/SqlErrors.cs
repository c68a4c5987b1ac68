using System.Net.Sockets;
using Npgsql;

namespace Rsvp.Worker.Partitions;

/// <summary>What an exception from the database asks for.</summary>
internal enum SqlError
{
    /// <summary>Another writer was active: load again and decide anew.</summary>
    Conflict,

    /// <summary>The database could not just now: the same again, in place, after a while.</summary>
    Transient,

    /// <summary>A statement that will fail again: isolate the command.</summary>
    Permanent,
}

/// <summary>Tells SQL errors apart.</summary>
internal static class SqlErrors
{
    /// <summary>SQLSTATE that <c>raise_unless</c> raises.</summary>
    public const string GuardConflict = "RV001";

    /// <summary>Classes from PostgreSQL's appendix A; 25006 is a database that is read-only for a while, 57P01–57P03 one that shuts down or starts.</summary>
    public static SqlError? Classify(Exception exception) => exception switch
    {
        PostgresException { SqlState: GuardConflict or PostgresErrorCodes.UniqueViolation } => SqlError.Conflict,
        PostgresException
        {
            SqlState: PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected
                or PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.QueryCanceled
                or PostgresErrorCodes.ReadOnlySqlTransaction or PostgresErrorCodes.AdminShutdown
                or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow
        } => SqlError.Transient,
        PostgresException postgres when postgres.SqlState.StartsWith("08", StringComparison.Ordinal)
            || postgres.SqlState.StartsWith("53", StringComparison.Ordinal) => SqlError.Transient,
        PostgresException => SqlError.Permanent,
        NpgsqlException or SocketException or IOException or TimeoutException => SqlError.Transient,
        _ => null,
    };
}
