using System.ComponentModel.DataAnnotations;

namespace Rsvp.Hosting.Partitions;

/// <summary>The partitions of this deployment; section <c>Partitions</c>, the same for every service.</summary>
public sealed class PartitionTopologyOptions
{
    /// <summary>Version of the topology; default 1, 1 to 999. Part of the names of queues and routing keys, so that two topologies can stand side by side while one follows the other.</summary>
    [Range(1, 999)]
    public int Version { get; set; } = 1;

    /// <summary>P, the number of partitions; default 16, 1 to 256. Changing it is a procedure with a new <see cref="Version"/>, not an edit: activities change their queue.</summary>
    [Range(1, 256)]
    public int Count { get; set; } = 16;

    /// <summary>Messages one partition queue holds before the broker refuses more (and the API answers 503 <c>overloaded</c>); default 20,000, at least 10.</summary>
    [Range(10, 10_000_000)]
    public int QueueLengthMax { get; set; } = 20_000;
}
