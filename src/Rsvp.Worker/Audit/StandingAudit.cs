using System.Diagnostics;
using Npgsql;
using Quartz;

namespace Rsvp.Worker.Audit;

/// <summary>The auditor inside the system: looks at what changed, a little at a time, and says what is wrong. It repairs nothing.</summary>
/// <remarks>
/// An activity that nothing was decided about since it was looked at is not read again: what is broken in it by hand shows when it changes, or in <c>./rsvp audit</c>,
/// which reads everything.
/// </remarks>
[DisallowConcurrentExecution]
internal sealed partial class StandingAudit : IJob
{
    /// <summary>Key of the data source of audits: a connection of their own, so that they never take one from a partition.</summary>
    internal const string Database = "audit";

    /// <summary>The log event of a violation.</summary>
    internal const int ViolatedEventId = 4101;

    /// <summary>The log event of an activity that took too long.</summary>
    internal const int PutOffEventId = 4102;

    /// <summary>The log event of an activity that cannot be read, which is a defect.</summary>
    internal const int UnreadableEventId = 4103;

    // A run stays within its interval: what is left over is found by the next.
    private const int ActivitiesPerRun = 500;
    private const long LogRowsPerRun = 50_000;

    // One instant's look at some activities: tens of milliseconds, so that a rush is noticed and old row versions are not kept.
    private const int ActivitiesPerLook = 50;
    private const long LogRowsPerLook = 2_000;

    // What takes long is looked at seldom: at most a fiftieth of the time goes to one activity that always changes.
    private const int RestFactor = 50;

    /// <summary>How often it looks.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan PutOffFor = TimeSpan.FromHours(1);

    private readonly AuditLedger _ledger;
    private readonly NpgsqlDataSource _dataSource;
    private readonly StandingAuditMetrics _metrics;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger<StandingAudit> _logger;

    public StandingAudit(
        AuditLedger ledger, [FromKeyedServices(Database)] NpgsqlDataSource dataSource, StandingAuditMetrics metrics, TimeProvider timeProvider, ILogger<StandingAudit> logger)
    {
        _ledger = ledger;
        _dataSource = dataSource;
        _metrics = metrics;
        _timeProvider = timeProvider;
        _logger = logger;
    }

    /// <summary>How long the log of an activity must have been quiet; default 3 s.</summary>
    public TimeSpan Quiet { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Decisions per second, of the whole system, above which it pauses; default 200, a fortieth of what a rush has.</summary>
    public double DecisionsPerSecondMax { get; init; } = 200;

    /// <summary>What passes while it watches for a rush before it begins; default a second.</summary>
    public Func<CancellationToken, Task> WatchesAsync { get; init; } = cancellationToken => Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);

    /// <summary>The longest that the database may take for one statement; default 30 s.</summary>
    public TimeSpan StatementTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) => await RunAsync(cancellationToken);

    /// <summary>Looks at what changed, until its bound is reached or a rush begins.</summary>
    /// <returns>How many activities were looked at.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var changed = await _ledger.FindChangedAsync(Quiet, ActivitiesPerRun, cancellationToken);
        var rush = new Rush(_ledger, _timeProvider, DecisionsPerSecondMax);
        var (activities, rows) = (0, 0L);
        if (changed.Count > 0)
        {
            await rush.BeginAsync(cancellationToken);
            await WatchesAsync(cancellationToken);
        }

        foreach (var look in Looks(changed))
        {
            if (rows > LogRowsPerRun || await rush.IsOnAsync(cancellationToken))
            {
                break;
            }

            var started = Stopwatch.GetTimestamp();
            await LookAsync(look, cancellationToken);
            activities += look.Count;
            rows += look.Sum(state => state.LogSeq);

            // Half of the time at most.
            await Task.Delay(Stopwatch.GetElapsedTime(started), _timeProvider, cancellationToken);
        }

        await _metrics.RefreshAsync(cancellationToken);
        return activities;
    }

    private static IEnumerable<IReadOnlyList<AuditedState>> Looks(IReadOnlyList<AuditedState> changed)
    {
        var look = new List<AuditedState>();
        var rows = 0L;
        foreach (var state in changed)
        {
            if (look.Count == ActivitiesPerLook || (look.Count > 0 && rows + state.LogSeq > LogRowsPerLook))
            {
                yield return look;
                (look, rows) = ([], 0);
            }

            look.Add(state);
            rows += state.LogSeq;
        }

        if (look.Count > 0)
        {
            yield return look;
        }
    }

    private async Task LookAsync(IReadOnlyList<AuditedState> look, CancellationToken cancellationToken)
    {
        Guid[] ids = [.. look.Select(state => state.ActivityId)];
        var started = Stopwatch.GetTimestamp();
        try
        {
            var (states, report) = await CheckAsync(ids, cancellationToken);
            var rest = Stopwatch.GetElapsedTime(started) / ids.Length * RestFactor;
            _metrics.Looked(report);
            if (report.IsClean)
            {
                await _ledger.KeepCleanAsync(states, rest, cancellationToken);
                return;
            }

            if (states is [var only])
            {
                await KeepAsync(only, rest, report, cancellationToken);
                return;
            }
        }
        catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.QueryCanceled && !cancellationToken.IsCancellationRequested)
        {
            if (ids is [var slow])
            {
                await _ledger.PutOffAsync(slow, PutOffFor, cancellationToken);
                LogPutOff(slow, look[0].LogSeq, StatementTimeout);
                return;
            }
        }
#pragma warning disable CA1031 // Whatever one activity does to the audit, the others are looked at.
        catch (Exception error) when (error is not (NpgsqlException or OperationCanceledException))
#pragma warning restore CA1031
        {
            if (ids is [var unreadable])
            {
                await _ledger.PutOffAsync(unreadable, PutOffFor, cancellationToken);
                LogUnreadable(error, unreadable, look[0].LogSeq);
                return;
            }
        }

        // Which of them it is shows one by one.
        foreach (var state in look)
        {
            await LookAsync([state], cancellationToken);
        }
    }

    private async Task<(IReadOnlyList<AuditedState> States, AuditReport Report)> CheckAsync(Guid[] ids, CancellationToken cancellationToken)
    {
        await using var connection = await _dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await Auditor.BeginAsync(connection, cancellationToken);
        var states = await AuditLedger.ReadStatesAsync(connection, ids, cancellationToken);

        // Passes may be under way at any time: a vacancy that is noted is theirs.
        var options = new AuditOptions { IsQuiescent = false, Activities = ids, StatementTimeout = StatementTimeout };
        return (states, await Auditor.CheckAsync(connection, options, cancellationToken));
    }

    private async Task KeepAsync(AuditedState state, TimeSpan rest, AuditReport report, CancellationToken cancellationToken)
    {
        List<InvariantResult> broken = [.. report.Invariants.Where(invariant => invariant.ViolationCount > 0)];
        foreach (var (invariant, violation) in await _ledger.KeepAsync(state, rest, broken, cancellationToken))
        {
            LogViolated(invariant.Id, invariant.Statement, state.ActivityId, state.Version, state.LogSeq, violation.ToString());
        }
    }

    [LoggerMessage(ViolatedEventId, LogLevel.Error, "{Invariant} does not hold ({Statement}) for activity {ActivityId} at version {Version}, log row {LogSeq}: {What}")]
    private partial void LogViolated(string invariant, string statement, Guid activityId, long version, long logSeq, string what);

    [LoggerMessage(PutOffEventId, LogLevel.Warning, "Activity {ActivityId} with {LogRows} log rows was not audited within {StatementTimeout} and is left alone for an hour")]
    private partial void LogPutOff(Guid activityId, long logRows, TimeSpan statementTimeout);

    [LoggerMessage(UnreadableEventId, LogLevel.Error, "Activity {ActivityId} with {LogRows} log rows could not be audited and is left alone for an hour")]
    private partial void LogUnreadable(Exception error, Guid activityId, long logRows);

    /// <summary>Tells a rush by the decisions that are logged meanwhile.</summary>
    private sealed class Rush(AuditLedger ledger, TimeProvider timeProvider, double decisionsPerSecondMax)
    {
        private decimal _decisions;
        private long _at;

        public Task BeginAsync(CancellationToken cancellationToken) => LookAsync(cancellationToken);

        public async Task<bool> IsOnAsync(CancellationToken cancellationToken)
        {
            var (decisions, at) = (_decisions, _at);
            await LookAsync(cancellationToken);
            return (double)(_decisions - decisions) > decisionsPerSecondMax * timeProvider.GetElapsedTime(at, _at).TotalSeconds;
        }

        private async Task LookAsync(CancellationToken cancellationToken)
        {
            _at = timeProvider.GetTimestamp();
            _decisions = await ledger.CountDecisionsAsync(cancellationToken);
        }
    }
}
