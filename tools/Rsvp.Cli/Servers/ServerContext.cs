using Rsvp.Cli.Instances;

namespace Rsvp.Cli.Servers;

/// <summary>What starting and stopping servers needs to know of their instance.</summary>
internal sealed record ServerContext(RsvpHome Home, PortPlan Ports, Secrets Secrets, InstanceState State, Action<string> Say)
{
    internal void SaveState() => State.Save(Home);
}
