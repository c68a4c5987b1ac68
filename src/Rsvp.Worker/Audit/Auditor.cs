using System.Data;
using System.Diagnostics;
using Npgsql;

namespace Rsvp.Worker.Audit;

/// <summary>Checks from the database what must always be true. Reads only, and sees one instant.</summary>
/// <param name="dataSource">The database; a role that may read will do.</param>
internal sealed class Auditor(NpgsqlDataSource dataSource)
{
    // Sorts and joins over a large log are several times faster in memory; compiling queries that run once is not worth it.
    private const string SessionSql = "SET LOCAL work_mem = '64MB'; SET LOCAL jit = off; SET LOCAL statement_timeout = 0; SELECT now()";

    private static readonly IReadOnlyList<Invariant> Invariants =
    [
        CapacityIsKept.Invariant,
        CountersAreRight.Invariant,
        OneActiveRsvp.Invariant,
        NoSeatIsStranded.Invariant,
        PositionsAreGapless.Invariant,
        LogIsComplete.Invariant,
        RequestsHaveOutcomes.Invariant,
        LineWasFollowed.Invariant,
    ];

    /// <summary>Checks every invariant.</summary>
    /// <param name="options">What is known besides the database; null: nothing is in flight, and there is no journal.</param>
    /// <param name="cancellationToken">Ends the audit.</param>
    public async Task<AuditReport> RunAsync(AuditOptions? options = null, CancellationToken cancellationToken = default)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        await using var setReadOnly = new NpgsqlCommand("SET TRANSACTION READ ONLY", connection, transaction);
        await setReadOnly.ExecuteNonQueryAsync(cancellationToken);
        return await CheckAsync(connection, options ?? new AuditOptions(), cancellationToken);
    }

    /// <summary>Checks what a transaction sees.</summary>
    /// <param name="connection">In a transaction.</param>
    /// <param name="options">What is known besides the database.</param>
    /// <param name="cancellationToken">Ends the audit.</param>
    public static async Task<AuditReport> CheckAsync(NpgsqlConnection connection, AuditOptions options, CancellationToken cancellationToken = default)
    {
        var started = Stopwatch.GetTimestamp();
        await using var setUp = new NpgsqlCommand(SessionSql, connection);
        var at = (DateTime)(await setUp.ExecuteScalarAsync(cancellationToken))!;

        var results = new List<InvariantResult>();
        foreach (var invariant in Invariants)
        {
            results.Add(await invariant.CheckAsync(connection, options, cancellationToken));
        }

        return new AuditReport { At = at, Elapsed = Stopwatch.GetElapsedTime(started), Invariants = results };
    }
}

/// <summary>What an audit is told besides the database.</summary>
internal sealed record AuditOptions
{
    /// <summary>True: no command, pass or vacancy is under way, so no seat may wait for one.</summary>
    public bool IsQuiescent { get; init; } = true;

    /// <summary>Requests that a client was told were accepted; each must have its outcome when nothing is in flight. Empty: no journal.</summary>
    public IReadOnlyCollection<Guid> Journal { get; init; } = [];
}
