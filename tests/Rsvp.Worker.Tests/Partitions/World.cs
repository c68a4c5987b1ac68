using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using Rsvp.Contracts;
using Rsvp.Hosting.Partitions;
using Rsvp.Testing;
using Rsvp.Worker.Decisions;
using Rsvp.Worker.Partitions;

namespace Rsvp.Worker.Tests.Partitions;

/// <summary>A partition without its broker: commands in, outcomes out, on a real database.</summary>
internal sealed class World(TestDatabase database)
{
    public Guid Host { get; } = Guid.NewGuid();

    public TestDatabase Database => database;

    public static PartitionMetrics Metrics() =>
        new(new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>());

    public BatchApplier Applier(bool guards = true, NpgsqlDataSource? dataSource = null, ILogger<BatchApplier>? logger = null, PartitionMetrics? metrics = null) => new(
        dataSource ?? database.Batches,
        new Fold(NullLogger<Fold>.Instance),
        new SystemCommands(Options.Create(new PartitionTopologyOptions()), TimeProvider.System),
        metrics ?? Metrics(),
        TimeProvider.System,
        logger ?? NullLogger<BatchApplier>.Instance)
    { Guards = guards };

    public async Task<Guid> OpenAsync(int? capacity, Func<ActivitySettings, ActivitySettings>? with = null)
    {
        var settings = new ActivitySettings { Title = "Chess night", StartsAt = TimeProvider.System.GetUtcNow().AddDays(7), Capacity = capacity };
        var command = Envelope(Guid.NewGuid(), Host, CommandNames.CreateActivity) with
        {
            CreateActivity = new CreateActivity { Settings = with?.Invoke(settings) ?? settings },
        };
        Assert.Null((await ApplyAsync(command)).Problem);
        return command.ActivityId;
    }

    public async Task<CommandOutcome> ApplyAsync(Command command) => (await Applier().ApplyAsync([command], 0, default)).Outcomes[0];

    public async Task<IReadOnlyList<CommandOutcome>> ApplyAsync(IReadOnlyList<Command> commands, int deliveryCount = 0) =>
        (await Applier().ApplyAsync(commands, deliveryCount, default)).Outcomes;

    public static Command Submit(Guid activityId, Guid userId, int partySize = 1) =>
        Envelope(activityId, userId, CommandNames.SubmitRsvp) with { SubmitRsvp = new SubmitRsvp { GuestCount = partySize - 1 } };

    public static Command Resize(Guid activityId, Guid userId, int partySize) =>
        Envelope(activityId, userId, CommandNames.UpdateRsvp) with { UpdateRsvp = new UpdateRsvp { GuestCount = partySize - 1 } };

    public static Command Cancel(Guid activityId, Guid userId) =>
        Envelope(activityId, userId, CommandNames.CancelRsvp) with { CancelRsvp = new CancelRsvp() };

    public static Command Patch(Guid activityId, Guid userId, UpdateActivity change) =>
        Envelope(activityId, userId, CommandNames.UpdateActivity) with { UpdateActivity = change };

    public static Command PassOver(Guid activityId, long number = 1) =>
        Envelope(activityId, Guid.Empty, CommandNames.RunPass) with { RunPass = new RunPass { PassNumber = number } };

    public static Command Envelope(Guid activityId, Guid userId, string name) => new()
    {
        RequestId = Guid.NewGuid(),
        Name = name,
        ActivityId = activityId,
        Caller = new Caller { UserId = userId, Name = "Ada" },
        SubmittedAt = TimeProvider.System.GetUtcNow(),
    };
}
