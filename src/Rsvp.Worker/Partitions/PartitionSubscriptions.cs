using System.Diagnostics.Metrics;
using Microsoft.Extensions.Options;
using Rsvp.Hosting.Partitions;
using Rsvp.Worker.Balancing;

namespace Rsvp.Worker.Partitions;

/// <summary>This worker's places in line, one per partition.</summary>
internal sealed class PartitionSubscriptions : IDisposable
{
    public PartitionSubscriptions(
        IOptions<PartitionTopologyOptions> topology, WorkerInstance worker, DatabaseReach reach, IMeterFactory meters, TimeProvider time, ILogger<PartitionSubscription> logger)
    {
        All = [.. Enumerable.Range(0, topology.Value.Count).Select(partition => new PartitionSubscription(partition, worker.Name, time, logger, reach.WaitAsync))];
        reach.WhenLost(() => Task.WhenAll(All.Select(subscription => subscription.StepOutAsync())));
        var meter = meters.Create("Rsvp");
        meter.CreateObservableGauge(
            "rsvp.partition.owned",
            () => All.Select(one => new Measurement<int>(one.IsActive ? 1 : 0, new KeyValuePair<string, object?>("partition", one.Partition))),
            "{partition}",
            "1 for a partition that this worker is active on, 0 for one that it stands by for.");
        meter.CreateObservableGauge(
            "rsvp.partition.age",
            () => All.Select(one => new Measurement<double>(one.OldestAge.TotalSeconds, new KeyValuePair<string, object?>("partition", one.Partition))),
            "s",
            "Age of the oldest command that this worker is deciding; 0 while it decides none.");
    }

    internal IReadOnlyList<PartitionSubscription> All { get; }

    /// <summary>A batch of a partition is being decided.</summary>
    /// <param name="partition">As the message says.</param>
    /// <param name="oldest">When its oldest command was taken.</param>
    internal void Deciding(int partition, DateTimeOffset oldest) => Find(partition)?.Deciding(oldest);

    /// <summary>No batch of a partition is being decided any more.</summary>
    /// <param name="partition">As the message says.</param>
    internal void Idle(int partition) => Find(partition)?.Idle();

    /// <summary>A batch of a partition was decided.</summary>
    /// <param name="partition">As the message says.</param>
    /// <param name="lag">The age of its oldest command.</param>
    internal void Decided(int partition, TimeSpan lag) => Find(partition)?.Decided(lag);

    public void Dispose()
    {
        foreach (var subscription in All)
        {
            subscription.Dispose();
        }
    }

    private PartitionSubscription? Find(int partition) => (uint)partition < (uint)All.Count ? All[partition] : null;
}
