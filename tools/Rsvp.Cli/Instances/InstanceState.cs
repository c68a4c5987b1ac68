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
