using System.Diagnostics.Metrics;
using Microsoft.Extensions.Options;
using Rsvp.Hosting.Partitions;
using Rsvp.Worker.Balancing;

namespace Rsvp.Worker.Partitions;

/// <summary>This worker's places in line, one per partition.</summary>
internal sealed class PartitionSubscriptions : IDisposable
{
    public PartitionSubscriptions(
        IOptions<PartitionTopologyOptions> topology, WorkerInstance worker, IMeterFactory meters, TimeProvider time, ILogger<PartitionSubscription> logger)
    {
        All = [.. Enumerable.Range(0, topology.Value.Count).Select(partition => new PartitionSubscription(partition, worker.Name, time, logger))];
        meters.Create("Rsvp").CreateObservableGauge(
            "rsvp.partition.owned",
            () => All.Select(one => new Measurement<int>(one.IsActive ? 1 : 0, new KeyValuePair<string, object?>("partition", one.Partition))),
            "{partition}",
            "1 for a partition that this worker is active on, 0 for one that it stands by for.");
    }

    internal IReadOnlyList<PartitionSubscription> All { get; }

    /// <summary>A batch of a partition was decided.</summary>
    /// <param name="partition">As the message says.</param>
    /// <param name="lag">The age of its oldest command.</param>
    internal void Decided(int partition, TimeSpan lag)
    {
        if ((uint)partition < (uint)All.Count)
        {
            All[partition].Decided(lag);
        }
    }

    public void Dispose()
    {
        foreach (var subscription in All)
        {
            subscription.Dispose();
        }
    }
}
