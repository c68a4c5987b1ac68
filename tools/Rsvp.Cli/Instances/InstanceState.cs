using Rsvp.Cli.Processes;

namespace Rsvp.Cli.Instances;

/// <summary>What this tool has started and must stop again: <c>state.json</c>, for nobody else.</summary>
internal sealed class InstanceState
{
    public int PortBase { get; set; }

    public List<ProcessRef> Processes { get; set; } = [];

    /// <summary>Containers by the name of what runs in them.</summary>
    public Dictionary<string, string> Containers { get; set; } = [];

    /// <summary>Which copy of the build each service runs.</summary>
    public Dictionary<string, string> Applications { get; set; } = [];

    /// <summary>Where each API was told that notifiers are.</summary>
    public Dictionary<string, string> Notifiers { get; set; } = [];

    /// <summary>What services are started with.</summary>
    public PartitionTopology Partitions { get; set; } = PartitionTopology.Default;

    /// <summary>What they were started with before, while its queues may still hold commands; null when there is no change under way.</summary>
    public PartitionTopology? Retiring { get; set; }

    /// <summary>The version of the topology that each service was started with.</summary>
    public Dictionary<string, int> Topologies { get; set; } = [];

    internal ProcessRef? Alive(string name) => Processes.FirstOrDefault(process => process.Name == name && process.IsAlive);

    internal void Record(ProcessRef process)
    {
        Processes.RemoveAll(known => known.Name == process.Name);
        Processes.Add(process);
    }

    internal void Forget(string name) => Processes.RemoveAll(known => known.Name == name);

    internal static InstanceState Load(RsvpHome home) => JsonFile.Read<InstanceState>(home.StateFile) ?? new InstanceState();

    internal void Save(RsvpHome home) => JsonFile.Write(home.StateFile, this);
}

/// <summary>How many partitions there are, and the version that says so in names on the broker.</summary>
internal sealed record PartitionTopology(int Version, int Count)
{
    private const int CountMin = 4;
    private const int CountMax = 16;

    /// <summary>What services have without a setting.</summary>
    internal static PartitionTopology Default { get; } = new(Version: 1, CountMax);

    /// <summary>Two for each processor of this machine: with more, batches are smaller, and many activities at once cost more (docs/benchmarks.md, "Processes and partitions").</summary>
    internal static PartitionTopology OfThisMachine { get; } = new(Version: 1, Math.Clamp(2 * Environment.ProcessorCount, CountMin, CountMax));
}
