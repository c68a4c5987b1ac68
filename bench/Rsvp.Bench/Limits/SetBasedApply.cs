using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using Rsvp.Contracts;
using Rsvp.Hosting.Partitions;
using Rsvp.Worker.Decisions;
using Rsvp.Worker.Partitions;

namespace Rsvp.Bench.Limits;

/// <summary>The worker's apply in this process: no HTTP, no broker, one connection.</summary>
internal sealed class SetBasedApply : IAsyncDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly NpgsqlDataSource _worker;
    private readonly BatchApplier _applier;

    internal SetBasedApply(string workerKeywords)
    {
        var connection = new NpgsqlConnectionStringBuilder(workerKeywords) { MaxPoolSize = 1, MaxAutoPrepare = 100, AutoPrepareMinUsages = 2, Options = PartitionExtensions.BatchPlanOptions };
        _worker = NpgsqlDataSource.Create(connection.ToString());
        _applier = new BatchApplier(
            _worker,
            new Fold(NullLogger<Fold>.Instance),
            new SystemCommands(Options.Create(new PartitionTopologyOptions()), TimeProvider.System),
            new PartitionMetrics(_services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>()),
            TimeProvider.System,
            NullLogger<BatchApplier>.Instance);
    }

    /// <summary>Makes an activity of somebody new.</summary>
    internal Task<Guid> OpenAsync(int capacity, CancellationToken cancellationToken) => OpenAsync(capacity, Guid.NewGuid(), cancellationToken);

    /// <summary>Makes an activity of that host.</summary>
    internal async Task<Guid> OpenAsync(int capacity, Guid hostId, CancellationToken cancellationToken)
    {
        Command command = Envelope(Guid.CreateVersion7(TimeProvider.System.GetUtcNow()), hostId, CommandNames.CreateActivity) with
        {
            CreateActivity = new CreateActivity
            {
                Settings = new ActivitySettings { Title = "bench", StartsAt = TimeProvider.System.GetUtcNow().AddDays(30), Capacity = capacity },
            },
        };
        await ApplyAsync([command], cancellationToken);
        return command.ActivityId;
    }

    /// <summary>People who are new ask for a place each.</summary>
    internal static Command[] Submits(Guid activityId, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => Envelope(activityId, Guid.NewGuid(), CommandNames.SubmitRsvp) with { SubmitRsvp = new SubmitRsvp { GuestCount = 0 } })];

    internal static Command Envelope(Guid activityId, Guid userId, string name) => new()
    {
        RequestId = Guid.CreateVersion7(TimeProvider.System.GetUtcNow()),
        Name = name,
        ActivityId = activityId,
        Caller = new Caller { UserId = userId },
        SubmittedAt = TimeProvider.System.GetUtcNow(),
    };

    /// <exception cref="InvalidOperationException">One of them was refused.</exception>
    internal async Task<IReadOnlyList<CommandOutcome>> ApplyAsync(IReadOnlyList<Command> commands, CancellationToken cancellationToken)
    {
        IReadOnlyList<CommandOutcome> outcomes = (await _applier.ApplyAsync(commands, 0, cancellationToken)).Outcomes;
        return outcomes.FirstOrDefault(outcome => outcome.Problem is not null)?.Problem is { } problem
            ? throw new InvalidOperationException($"refused: {problem.Code}")
            : outcomes;
    }

    public async ValueTask DisposeAsync()
    {
        await _worker.DisposeAsync();
        await _services.DisposeAsync();
    }
}
