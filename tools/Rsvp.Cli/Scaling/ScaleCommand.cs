using System.CommandLine;
using Rsvp.Cli.Instances;

namespace Rsvp.Cli.Scaling;

/// <summary><c>./rsvp scale</c>: more workers, or fewer, while people ask.</summary>
internal static class ScaleCommand
{
    internal static Command Create()
    {
        Option<int> workers = UpCommand.CountOption("--workers", "how many workers to run from now on", usual: null, PortPlan.WorkersMax);
        var command = new Command("scale", "Start or stop workers of a running system.") { workers };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var home = RsvpHome.FromEnvironment();
            using Instance instance = Instance.Open(home, InstanceState.Load(home).PortBase is > 0 and var portBase ? portBase : RsvpHome.PortBaseFromEnvironment(), Console.WriteLine);
            var (started, stopped) = await instance.ScaleWorkersAsync(parsed.GetValue(workers), cancellationToken);
            if (started.Count > 0) Console.WriteLine("started " + string.Join(", ", started));
            if (stopped.Count > 0) Console.WriteLine("stopped " + string.Join(", ", stopped));
            if (started.Count + stopped.Count == 0) Console.WriteLine("nothing to change");
            return 0;
        });
        return command;
    }
}
