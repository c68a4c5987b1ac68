using System.Data;
using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Rsvp.Worker.Audit;

/// <summary>Checks from the database what must always be true. Reads only, and sees one instant.</summary>
/// <param name="dataSource">The database; a role that may read will do.</param>
internal sealed class Auditor(NpgsqlDataSource dataSource)
{
    // Sorts and joins over a large log are several times faster in memory; compiling queries that run once is not worth it.
    // Nobody has told the planner yet what a rush has just written: it takes an activity's log for a row or two, and would compare every row of it with every other.
    private const string SessionSql =
        """
        SELECT set_config('work_mem', '64MB', true), set_config('jit', 'off', true), set_config('statement_timeout', $1, true),
               set_config('enable_nestloop', $2, true), now()
        """;

    /// <summary>All of them, by their numbers.</summary>
    public static readonly IReadOnlyList<Invariant> Invariants =
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
        await using var transaction = await BeginAsync(connection, cancellationToken);
        return await CheckAsync(connection, options ?? new AuditOptions(), cancellationToken);
    }

    /// <summary>Begins a transaction that sees one instant and cannot write.</summary>
    public static async Task<NpgsqlTransaction> BeginAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        await using var setReadOnly = new NpgsqlCommand("SET TRANSACTION READ ONLY", connection, transaction);
        await setReadOnly.ExecuteNonQueryAsync(cancellationToken);
        return transaction;
    }

    /// <summary>Checks what a transaction sees.</summary>
    /// <param name="connection">In a transaction.</param>
    /// <param name="options">What is known besides the database.</param>
    /// <param name="cancellationToken">Ends the audit.</param>
    public static async Task<AuditReport> CheckAsync(NpgsqlConnection connection, AuditOptions options, CancellationToken cancellationToken = default)
    {
        var started = Stopwatch.GetTimestamp();
        await using var setUp = new NpgsqlCommand(SessionSql, connection)
        {
            Parameters =
            {
                new() { Value = options.StatementTimeout.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture) },
                new() { Value = options.Activities is null ? "on" : "off" },
            },
        };
        DateTimeOffset at;
        await using (var row = await setUp.ExecuteReaderAsync(cancellationToken))
        {
            await row.ReadAsync(cancellationToken);
            at = row.GetFieldValue<DateTimeOffset>(4);
        }

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

    /// <summary>How long a vacancy may be noted while something is under way before it is a finding; null, the default: for ever.</summary>
    public TimeSpan? VacancyAtMost { get; init; }

    /// <summary>Requests that a client was told were accepted; each must have its outcome when nothing is in flight. Empty: no journal.</summary>
    public IReadOnlyCollection<Guid> Journal { get; init; } = [];

    /// <summary>The activities to look at, with what <see cref="AuditScope"/> leaves out; null: all, and all that belongs to none.</summary>
    public IReadOnlyCollection<Guid>? Activities { get; init; }

    /// <summary>The longest that the database may take for one statement; zero, the default: as long as <see cref="Invariant.StatementSecondsMax"/>.</summary>
    public TimeSpan StatementTimeout { get; init; }
}
