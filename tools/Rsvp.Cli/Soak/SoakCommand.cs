using System.CommandLine;
using System.Globalization;
using Rsvp.Cli.Instances;

namespace Rsvp.Cli.Soak;

/// <summary><c>./rsvp soak</c>: faults drawn from a seed on a system of its own, under load. Exit status 1 when anything is wrong.</summary>
internal static class SoakCommand
{
    // Beside a system that "up" started and beside the tests' own.
    private const int DefaultPortBase = 28080;

    // The journal of all requests is in memory: some hundred megabytes then.
    private const int MinutesMax = 240;

    internal static Command Create()
    {
        var seed = new Option<int>("--seed") { Description = "what faults, people and what they do are drawn from", DefaultValueFactory = _ => 1 };
        var minutes = new Option<double>("--minutes") { Description = "how long, 1 to 240", DefaultValueFactory = _ => 10 };
        minutes.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is not (>= 1 and <= MinutesMax)) result.AddError($"--minutes: 1 to {MinutesMax}");
        });
        var json = new Option<string?>("--json") { Description = "write the report to this file too" };
        var command = new Command("soak", "Break a system of its own at random under load, heal it, and check every outcome.") { seed, minutes, json };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetValue(seed), parsed.GetValue(minutes), parsed.GetValue(json), cancellationToken));
        return command;
    }

    internal static string CommandLineOf(int seed, double minutes) => string.Create(CultureInfo.InvariantCulture, $"./rsvp soak --seed {seed} --minutes {minutes}");

    private static async Task<int> RunAsync(int seed, double minutes, string? json, CancellationToken cancellationToken)
    {
        IReadOnlyList<ScheduledFault> schedule = SoakSchedule.From(seed, minutes);
        Console.WriteLine(CommandLineOf(seed, minutes));
        foreach (ScheduledFault fault in schedule) Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{fault.Offset.TotalSeconds,6:0.0} s  {fault}"));

        // A home for each run, so that the logs of one that found something stay.
        var outer = RsvpHome.FromEnvironment();
        string name = string.Create(CultureInfo.InvariantCulture, $"{TimeProvider.System.GetUtcNow():yyyyMMdd-HHmmss}-seed-{seed}");
        var home = new RsvpHome(outer.In("soak", name), outer.Root);
        bool isClean = false;
        try
        {
            using Instance instance = Instance.Open(home, RsvpHome.PortBaseFromEnvironment(DefaultPortBase), text => Console.WriteLine("          " + text), partitions: PartitionTopology.Default);
            Configure(instance);
            try
            {
                await instance.FindServersAsync(cancellationToken);
                FaultHand.RequirePrivateServers(instance);
                await instance.StartAsync(SoakRunner.Counts, cancellationToken);
                SoakReport report = await new SoakRunner(instance, seed, minutes, Console.WriteLine).RunAsync(schedule, cancellationToken);
                report.Print();
                if (json is not null) report.WriteJson(json);
                isClean = report.Ok;
            }
            finally
            {
                await instance.StopAsync(CancellationToken.None);
            }
        }
        finally
        {
            if (isClean) Directory.Delete(home.Path, recursive: true);
            else Console.WriteLine($"again: {CommandLineOf(seed, minutes)}; logs and data of this run are in {home.Path}");
        }

        return isClean ? 0 : 1;
    }

    /// <summary>What takes a minute in production takes seconds here, so that an hour has many faults.</summary>
    private static void Configure(Instance instance)
    {
        instance.Settings["RabbitMq__HeartbeatSeconds"] = "2";
        instance.Settings["Balancing__Interval"] = "00:00:00.500";
        instance.Settings["Balancing__SettleTime"] = "00:00:01";
        instance.Settings["Balancing__Patience"] = "00:00:01";
    }
}
