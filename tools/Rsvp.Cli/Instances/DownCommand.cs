using System.CommandLine;

namespace Rsvp.Cli.Instances;

/// <summary><c>./rsvp down</c>: stops everything this instance started.</summary>
internal static class DownCommand
{
    internal static Command Create()
    {
        var purge = new Option<bool>("--purge") { Description = "remove the data too" };
        var command = new Command("down", "Stop everything; the data stays.") { purge };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var home = RsvpHome.FromEnvironment();
            await StopAsync(home, Console.WriteLine, cancellationToken);
            if (parsed.GetValue(purge) && Directory.Exists(home.Path))
            {
                Directory.Delete(home.Path, recursive: true);
                Console.WriteLine($"removed {home.Path}");
            }

            return 0;
        });
        return command;
    }

    internal static async Task StopAsync(RsvpHome home, Action<string> say, CancellationToken cancellationToken)
    {
        InstanceState state = InstanceState.Load(home);
        if (state.Processes.Count == 0 && state.Containers.Count == 0)
        {
            say("nothing runs");
            return;
        }

        using Instance instance = Instance.Open(home, state.PortBase, say);
        await instance.StopAsync(cancellationToken);
        say("stopped");
    }
}
