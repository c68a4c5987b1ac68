using Microsoft.Extensions.Options;
using Rsvp.Contracts;
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
    TimeProvider time) : BackgroundService
{
    private readonly PartitionSubmitter[] _partitions =
    [
        .. Enumerable.Range(0, topology.Value.Count)
            .Select(partition => new PartitionSubmitter(partition, instance, options.Value, sender, circuit, metrics, time)),
    ];

    /// <summary>Hands a command over; the answer comes within <see cref="SubmittingOptions.ConfirmTimeout"/>.</summary>
    internal Task<Acceptance> SubmitAsync(Command command)
    {
        if (circuit.IsOpen)
        {
            metrics.Ended(Acceptance.BrokerAway, 1);
            return Task.FromResult(Acceptance.BrokerAway);
        }

        return _partitions[Partitioner.PartitionOf(command.ActivityId, _partitions.Length)].SubmitAsync(command);
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
