using MassTransit;
using Microsoft.Extensions.Options;
using Npgsql;
using Rsvp.Contracts;
using Rsvp.Hosting.Messaging;
using Rsvp.Hosting.Partitions;
using Rsvp.Worker.Partitions;

namespace Rsvp.Worker.Balancing;

/// <summary>Sees to it that the partitions are shared evenly, by deciding who stands first in line at the broker.</summary>
/// <remarks>
/// A convenience: whatever it does or fails to do, the broker has one worker active per partition, and the version guard makes the result correct. It never ends a subscription
/// that the bus does not begin again by itself, so without it, or without its table, every worker stays in line for every partition.
/// </remarks>
internal sealed partial class Balancer(
    WorkerTable table,
    PartitionSubscriptions subscriptions,
    DatabaseReach reach,
    IReceiveEndpointConnector connector,
    IPublishBus bus,
    WorkerInstance worker,
    IOptions<BalancingOptions> options,
    IOptions<PartitionTopologyOptions> topology,
    TimeProvider time,
    ILogger<Balancer> logger)
{
    // While the first subscriptions are made, a look follows soon.
    private static readonly TimeSpan EagerInterval = TimeSpan.FromMilliseconds(100);

    // A batch is decided in milliseconds; one that takes longer is waited for at the next look.
    private static readonly TimeSpan DrainPatience = TimeSpan.FromMilliseconds(500);

    private readonly BalancePlan _plan = new(worker.Id, topology.Value.Count, options.Value);
    private readonly long _startedAt = time.GetTimestamp();
    private Task<Roster> _beat = Task.FromResult(new Roster([]));
    private bool _isAway;

    /// <summary>One look, and what follows from it.</summary>
    /// <param name="cancellationToken">The worker stops.</param>
    /// <exception cref="OperationCanceledException">The worker stops.</exception>
    internal async Task BalanceAsync(CancellationToken cancellationToken)
    {
        if (!options.Value.Enabled)
        {
            BeginAll();
            return;
        }

        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(options.Value.DeadAfter);
            var readAt = time.GetTimestamp();
            var roster = await BeatAsync(cancellationToken);
            _isAway = false;
            reach.Reached();
            var steps = _plan.Next(roster, time.GetElapsedTime(_startedAt));

            // A process that was frozen since it looked has an old picture; it looks again.
            if (time.GetElapsedTime(readAt) < options.Value.DeadAfter)
            {
                await Task.WhenAll(steps.Select((step, partition) => TakeAsync(step, subscriptions.All[partition], limit.Token)));
            }
        }
#pragma warning disable CA1031 // Balance is not worth a worker, whatever went wrong.
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            if (!_isAway)
            {
                _isAway = true;
                LogAway(error.Message);
            }

            // An error that the database itself sends is an answer.
            if (error is not PostgresException)
            {
                await reach.MissedAsync();
            }

            // Nobody knows who should go first, so nobody waits longer than for somebody who does.
            if (time.GetElapsedTime(_startedAt) >= options.Value.Patience)
            {
                BeginAll();
            }
        }
    }

    internal Task WaitAsync(bool isEager, CancellationToken cancellationToken) =>
        Task.Delay(isEager && EagerInterval < options.Value.Interval ? EagerInterval : options.Value.Interval, time, cancellationToken);

    /// <summary>Tells the others that this worker is gone; they would notice by themselves.</summary>
    internal async Task LeaveAsync()
    {
        try
        {
            using var limit = new CancellationTokenSource(options.Value.DeadAfter);
            await table.LeaveAsync(limit.Token);
        }
#pragma warning disable CA1031 // As above.
        catch (Exception error)
#pragma warning restore CA1031
        {
            LogAway(error.Message);
        }
    }

    /// <summary>Bounded from outside: to cancel a command the library asks the server, and waits for as long as nothing comes back.</summary>
    private Task<Roster> BeatAsync(CancellationToken cancellationToken)
    {
        if (_beat.IsCompleted)
        {
            _beat = table.BeatAsync([.. subscriptions.All.Select(one => one.TakeStanding()).OfType<OwnStanding>()], options.Value.DeadAfter, CancellationToken.None);
            _ = _beat.ContinueWith(ended => _ = ended.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }

        return _beat.WaitAsync(options.Value.DeadAfter, time, cancellationToken);
    }

    private void BeginAll()
    {
        foreach (var subscription in subscriptions.All)
        {
            Begin(subscription);
        }
    }

    private void Begin(PartitionSubscription subscription) => subscription.Begin(
        connector, topology.Value, (registration, endpoint) =>
        {
            endpoint.ConfigureConsumer<CommandBatchConsumer>(registration);
            endpoint.ConfigureConsumer<FailCommandsConsumer>(registration);
        });

    private async Task TakeAsync(BalanceStep step, PartitionSubscription subscription, CancellationToken cancellationToken)
    {
        switch (step)
        {
            case BalanceStep.Subscribe:
                Begin(subscription);
                break;
            case BalanceStep.GoBehind:
            case BalanceStep.HandOver:
                if (await subscription.GoBehindAsync(DrainPatience, cancellationToken) && step == BalanceStep.HandOver)
                {
                    LogHandedOver(subscription.Partition);
                }

                break;
            case BalanceStep.Probe:
                await ProbeAsync(subscription.Partition, cancellationToken);
                break;
        }
    }

    private async Task ProbeAsync(int partition, CancellationToken cancellationToken)
    {
        var endpoint = await bus.GetSendEndpoint(new Uri($"exchange:{Topology.CommandsExchange}?type=direct"));
        var nothing = new CommandBatch { BatchId = Guid.CreateVersion7(time.GetUtcNow()), Partition = partition, Commands = [] };
        await endpoint.Send(nothing, context => context.SetRoutingKey(Topology.PartitionKey(topology.Value.Version, partition)), cancellationToken).WaitAsync(cancellationToken);
    }

    [LoggerMessage(3311, LogLevel.Information, "Partition {Partition} is handed over to another worker")]
    private partial void LogHandedOver(int partition);

    [LoggerMessage(3312, LogLevel.Warning, "The partitions are not balanced for now: {Reason}")]
    private partial void LogAway(string reason);
}
