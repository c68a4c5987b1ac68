using System.Diagnostics;
using Npgsql;
using Rsvp.Contracts;
using Rsvp.Hosting.FailPoints;
using Rsvp.Hosting.Problems;
using Rsvp.Hosting.Telemetry;
using Rsvp.Worker.Decisions;
using Rsvp.Worker.Offers;
using Rsvp.Worker.Outbox;
using Rsvp.Worker.Waitlist;

namespace Rsvp.Worker.Partitions;

/// <summary>Applies the commands of a batch in order and gives every one its outcome, whatever happens to the database meanwhile.</summary>
/// <param name="dataSource">The worker's database.</param>
/// <param name="fold">The decisions.</param>
/// <param name="systemCommands">Makes the commands that go on where one stopped at its bound.</param>
/// <param name="metrics">What happened.</param>
/// <param name="timeProvider">The clock of back-off; decisions follow the database's.</param>
/// <param name="logger">What went wrong.</param>
internal sealed partial class BatchApplier(
    NpgsqlDataSource dataSource, Fold fold, SystemCommands systemCommands, PartitionMetrics metrics, TimeProvider timeProvider, ILogger<BatchApplier> logger)
{
    // Two writers meet at a hand-over; more than a few conflicts in a row mean that something else is wrong.
    private const int ConflictsMax = 5;

    // Alone, a command is not given up for meeting another writer: with back-off this is some ten seconds, longer than any hand-over.
    private const int ConflictsAloneMax = 25;

    // A batch that was delivered this often may contain a command that kills the process.
    private const int SuspiciousDeliveryCount = 3;
    private const int AttemptsMax = 3;

    private static readonly TimeSpan BackoffMax = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ConflictBackoffMax = TimeSpan.FromMilliseconds(500);

    /// <summary>The log event of a try that the database could not serve.</summary>
    internal const int TransientEventId = 3103;

    /// <summary>The log event of a command that could not be applied.</summary>
    internal const int GivenUpEventId = 3104;

    /// <summary>False leaves the version guard out; only the tests that prove it do.</summary>
    public bool Guards { get; init; } = true;

    /// <summary>Applies commands of one partition.</summary>
    /// <param name="commands">In queue order.</param>
    /// <param name="deliveryCount">How often the broker delivered them before.</param>
    /// <param name="cancellationToken">The worker stops; what is not committed is delivered again.</param>
    public async Task<AppliedBatch> ApplyAsync(IReadOnlyList<Command> commands, int deliveryCount, CancellationToken cancellationToken)
    {
        var parts = new List<AppliedBatch>();
        foreach (var run in Runs.Split(commands))
        {
            var isolates = deliveryCount >= SuspiciousDeliveryCount;
            var applied = isolates ? null : await TryApplyAsync(run, fails: false, ConflictsMax, cancellationToken);
            if (applied is not null)
            {
                parts.Add(applied);
                continue;
            }

            metrics.SingleMode();
            foreach (var command in run)
            {
                parts.Add(await ApplyAloneAsync(command, countsAttempt: isolates, cancellationToken));
            }
        }

        return AppliedBatch.Of(parts);
    }

    /// <summary>Gives every command that has no outcome the outcome <c>failed</c>; nothing else happens.</summary>
    /// <param name="commands">Of one partition.</param>
    /// <param name="cancellationToken">The worker stops; what is not committed is delivered again.</param>
    public async Task<AppliedBatch> FailAsync(IReadOnlyList<Command> commands, CancellationToken cancellationToken)
    {
        if (await TryApplyAsync(commands, fails: true, ConflictsMax, cancellationToken) is AppliedBatch failed)
        {
            return failed;
        }

        var parts = new List<AppliedBatch>();
        foreach (var command in commands)
        {
            parts.Add(await FailAloneAsync(command, cancellationToken));
        }

        return AppliedBatch.Of(parts);
    }

    /// <returns>Null when the commands could not be applied like this: together they are tried one by one, one alone is given up.</returns>
    private async Task<AppliedBatch?> TryApplyAsync(IReadOnlyList<Command> commands, bool fails, int conflictsMax, CancellationToken cancellationToken)
    {
        for (var conflicts = 0; conflicts < conflictsMax;)
        {
            try
            {
                return await RetryTransientAsync(() => ApplyOnceAsync(commands, fails, cancellationToken), cancellationToken);
            }
            catch (PostgresException error) when (SqlErrors.Classify(error) == SqlError.Conflict)
            {
                conflicts++;
                metrics.Conflict();
                LogConflict(conflicts, commands.Count, error.ConstraintName ?? error.SqlState);
            }
#pragma warning disable CA1031 // Whatever a command does to its load or its save, it must not take its neighbours along.
            catch (Exception error) when (error is not (FailPointException or ObjectDisposedException) && !cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
            {
                LogPermanent(error, commands.Count);
                return null;
            }

            // The first time at once: a hand-over is over by then. Later at random, so that two writers do not keep step.
            if (conflicts > 1)
            {
                await Task.Delay(Backoff(conflicts - 1, ConflictBackoffMax) * (0.5 + (Random.Shared.NextDouble() / 2)), timeProvider, cancellationToken);
            }
        }

        return null;
    }

    private async Task<AppliedBatch> ApplyAloneAsync(Command command, bool countsAttempt, CancellationToken cancellationToken)
    {
        var fails = countsAttempt
            && await RetryTransientAsync(() => CountAttemptAsync(command.RequestId, cancellationToken), cancellationToken) > AttemptsMax;
        if (!fails && await TryApplyAsync([command], fails: false, ConflictsAloneMax, cancellationToken) is AppliedBatch applied)
        {
            return applied;
        }

        return await FailAloneAsync(command, cancellationToken);
    }

    private async Task<AppliedBatch> FailAloneAsync(Command command, CancellationToken cancellationToken)
    {
        metrics.GivenUp();
        using (Traces.LogsOf(command.TraceParent))
        {
            LogGivenUp(command.Name, command.RequestId, command.ActivityId);
        }

        return await TryApplyAsync([command], fails: true, ConflictsAloneMax, cancellationToken) ?? AppliedBatch.Without(command);
    }

    private async Task<AppliedBatch> ApplyOnceAsync(IReadOnlyList<Command> commands, bool fails, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var trace = BatchTrace.Current;
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        var state = await BatchLoad.ReadAsync(connection, commands, cancellationToken);
        foreach (var one in fails ? [] : commands)
        {
            // By its name: a command that kills every process that tries to decide it.
            FailPoint.Hit(one.Name);
        }

        var outbox = new List<OutboxMessage>();
        IReadOnlyList<DecidedCommand> decided;
        if (fails)
        {
            decided = [.. commands.Select(command => Fold.Failed(state, command))];
        }
        else if (commands is [{ RunPass: { } pass } command])
        {
            decided = [await DecidePassAsync(connection, state, command, pass, outbox, cancellationToken)];
            outbox.AddRange(Events.Of(state, vacantActivities: []));
        }
        else
        {
            if (commands is [{ ExpireOffers: not null } expiry])
            {
                foreach (var offer in await OfferDeadlines.ReadDueAsync(connection, expiry.ActivityId, state.Now, cancellationToken))
                {
                    state.Load(offer);
                }
            }

            if (commands is [var alone])
            {
                await HostLoad.ReadAsync(connection, state, alone, cancellationToken);
            }

            decided = fold.Decide(state, commands);
            if (commands is [{ BulkWaitlist.DryRun: true }])
            {
                // Decided, answered, and not done.
                state = new WorkingSet { Now = state.Now };
            }

            outbox.AddRange(Events.Of(state, Fold.OpenVacancies(state)));
            outbox.AddRange(state.FollowUps.Select(next => systemCommands.Message(next.ActivityId, next.FollowUp.Name, next.FollowUp.WithBody)));
        }

        trace?.Mark(outbox, commands);

        // A failure touches no activity, so it need not find one unchanged.
        await SaveAsync(connection, state, decided, outbox, Guards && !fails, cancellationToken);
        trace?.Decided(decided);
        metrics.Applied(decided, Stopwatch.GetElapsedTime(started));
        if (outbox is [{ Message: PassCompleted completed }, ..])
        {
            metrics.Passed(state, completed, Stopwatch.GetElapsedTime(started));
        }

        return new AppliedBatch([.. decided.Select(one => one.Outcome)], outbox);
    }

    private static async Task<DecidedCommand> DecidePassAsync(
        NpgsqlConnection connection, WorkingSet state, Command command, RunPass pass, List<OutboxMessage> outbox, CancellationToken cancellationToken)
    {
        if (state.Activity(command.ActivityId) is not ActivityState activity)
        {
            return new DecidedCommand(command, Fold.Rejected(state, command, ProblemCodes.ActivityNotFound), IsNew: true, KeyId: null);
        }

        var line = await LineLoad.ReadAsync(connection, activity.Id, cancellationToken);
        foreach (var party in line.Places.SelectMany(place => place.Parties))
        {
            state.Load(party);
        }

        var result = PassDecision.Decide(activity, line, state.Now);
        state.Apply(result.Decision, requestId: null);
        outbox.Add(new OutboxMessage(Guid.CreateVersion7(state.Now), new PassCompleted
        {
            ActivityId = activity.Id,
            Version = state.Activities[activity.Id].Version,
            PassNumber = pass.PassNumber,
            PlacesPromoted = result.PlacesPromoted,
            MoreLeft = result.MoreLeft,
        }));
        return new DecidedCommand(command, OutcomeBuilder.Build(state, command, result.Decision), IsNew: true, KeyId: null);
    }

    private static async Task SaveAsync(
        NpgsqlConnection connection, WorkingSet state, IReadOnlyList<DecidedCommand> decided, IReadOnlyList<OutboxMessage> outbox, bool guards,
        CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        if (decided.All(one => !one.IsNew))
        {
            // Delivered again: everything is there already. One that is decided alone was counted as an attempt, which has succeeded.
            if (decided is [var only])
            {
                BatchRecords.ForgetAttempts(batch, [only]);
                await batch.ExecuteNonQueryAsync(cancellationToken);
            }

            return;
        }

        using var span = Traces.Step("commit");
        BatchSave.AddDomain(batch, state, guards);
        BatchRecords.AddLog(batch, state);
        BatchRecords.AddOutcomes(batch, decided, forgetAttempts: decided.Any(one => one.Outcome.Problem?.Code == ProblemCodes.Failed) || decided.Count == 1);
        OutboxInsert.Add(batch, outbox);
        FailPoint.Hit("before_commit");
        await batch.ExecuteNonQueryAsync(cancellationToken);
        FailPoint.Hit("after_commit");
    }

    private async Task<int> CountAttemptAsync(Guid requestId, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            INSERT INTO command_attempts (request_id, attempts, last_at) VALUES ($1, 1, now())
            ON CONFLICT (request_id) DO UPDATE SET attempts = command_attempts.attempts + 1, last_at = now()
            RETURNING attempts
            """);
        command.Parameters.AddWithValue(requestId);
        return (int)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private async Task<T> RetryTransientAsync<T>(Func<Task<T>> attempt, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await attempt();
            }
            catch (Exception error) when (SqlErrors.Classify(error) == SqlError.Transient && !cancellationToken.IsCancellationRequested)
            {
                metrics.Retry(error);
                LogTransient(tries, error.Message);
            }

            // In place, so that order is kept, and for as long as it takes.
            await Task.Delay(Backoff(tries, BackoffMax), timeProvider, cancellationToken);
        }
    }

    /// <summary>20 ms, doubled each time up to a bound.</summary>
    private static TimeSpan Backoff(int tries, TimeSpan max)
    {
        var backoff = TimeSpan.FromMilliseconds(20 * Math.Pow(2, Math.Min(tries - 1, 7)));
        return backoff < max ? backoff : max;
    }

    [LoggerMessage(3101, LogLevel.Information, "Conflict {Conflicts} on a batch of {CommandCount} commands: {Guard}; decided anew")]
    private partial void LogConflict(int conflicts, int commandCount, string guard);

    [LoggerMessage(3102, LogLevel.Error, "A batch of {CommandCount} commands failed; they are applied one by one")]
    private partial void LogPermanent(Exception error, int commandCount);

    [LoggerMessage(TransientEventId, LogLevel.Warning, "The database could not apply a batch, try {Tries}: {Reason}")]
    private partial void LogTransient(int tries, string reason);

    [LoggerMessage(GivenUpEventId, LogLevel.Error, "Gave up on {Command} {RequestId} of activity {ActivityId}: its outcome is failed")]
    private partial void LogGivenUp(string command, Guid requestId, Guid activityId);
}

/// <summary>What became of a batch.</summary>
/// <param name="Outcomes">One per command, in order; none for those that are left.</param>
/// <param name="Outbox">Committed messages, to be published now.</param>
internal sealed record AppliedBatch(IReadOnlyList<CommandOutcome> Outcomes, IReadOnlyList<OutboxMessage> Outbox)
{
    /// <summary>Requests that have no outcome: neither the command nor its failure could be stored.</summary>
    public IReadOnlyList<Guid> Left { get; init; } = [];

    public static AppliedBatch Of(IReadOnlyList<AppliedBatch> parts) => parts is [var only]
        ? only
        : new AppliedBatch([.. parts.SelectMany(part => part.Outcomes)], [.. parts.SelectMany(part => part.Outbox)])
        {
            Left = [.. parts.SelectMany(part => part.Left)],
        };

    public static AppliedBatch Without(Command command) => new([], []) { Left = [command.RequestId] };
}
