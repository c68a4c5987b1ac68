using Microsoft.Extensions.Options;
using Rsvp.Api.Requests;
using Rsvp.Contracts;
using Rsvp.Hosting.Messaging;
using Rsvp.Hosting.Partitions;

namespace Rsvp.Api.Submitting;

/// <summary>Brings commands to the partitions that own their activities.</summary>
internal sealed class CommandSubmitter(
    ApiInstance instance,
    ConfirmedSender sender,
    BrokerCircuit circuit,
    SubmittingMetrics metrics,
    IOptions<SubmittingOptions> options,
    IOptions<PartitionTopologyOptions> topology,
    TimeProvider time,
    ILogger<PartitionSubmitter> logger) : BackgroundService
{
    private readonly PartitionSubmitter[] _partitions =
    [
        .. Enumerable.Range(0, topology.Value.Count)
            .Select(partition => new PartitionSubmitter(
                partition, Topology.PartitionKey(topology.Value.Version, partition), instance, options.Value, sender, circuit, metrics, time, logger)),
    ];

    /// <summary>Hands a command over; the answer comes within <see cref="SubmittingOptions.ConfirmTimeout"/>.</summary>
    /// <param name="command">The command.</param>
    /// <param name="waiter">Who waits for its outcome; is given up when the command is not accepted. Null when nobody waits.</param>
    internal Task<Acceptance> SubmitAsync(Command command, OutcomeWaiter? waiter = null)
    {
        if (circuit.IsOpen)
        {
            metrics.Ended(Acceptance.BrokerAway, 1);
            return Task.FromResult(Acceptance.BrokerAway);
        }

        return _partitions[Partitioner.PartitionOf(command.ActivityId, _partitions.Length)].SubmitAsync(command, waiter);
    }

    /// <summary>A batch of this instance was applied.</summary>
    internal void Applied(int partition, Guid batchId)
    {
        if ((uint)partition < (uint)_partitions.Length)
        {
            _partitions[partition].Applied(batchId);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        // What was taken is sent; every loop ends by itself within the confirm bound.
        foreach (var partition in _partitions)
        {
            partition.Complete();
        }

        if (ExecuteTask is { } running)
        {
            await Task.WhenAny(running, Task.Delay(options.Value.ConfirmTimeout, time, cancellationToken));
        }

        await base.StopAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(_partitions.Select(partition => Task.Run(() => partition.RunAsync(stoppingToken), CancellationToken.None)));
}
