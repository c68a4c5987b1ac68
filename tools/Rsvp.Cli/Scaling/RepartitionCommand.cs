using System.CommandLine;
using Rsvp.Cli.Instances;

namespace Rsvp.Cli.Scaling;

/// <summary><c>./rsvp repartition</c>: another number of partitions, while people ask.</summary>
internal static class RepartitionCommand
{
    // What the services accept.
    private const int CountMax = 256;

    internal static Command Create()
    {
        Option<int> count = UpCommand.CountOption("--count", "how many partitions there are to be", usual: null, CountMax);
        var command = new Command("repartition", "Change the number of partitions of a running system; repeat it if it was interrupted.") { count };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var home = RsvpHome.FromEnvironment();
            using Instance instance = Instance.Open(home, InstanceState.Load(home).PortBase is > 0 and var portBase ? portBase : RsvpHome.PortBaseFromEnvironment(), Console.WriteLine);
            await Repartition.RunAsync(instance, parsed.GetValue(count), Console.WriteLine, cancellationToken);
            return 0;
        });
        return command;
    }
}
