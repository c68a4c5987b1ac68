using System.CommandLine;
using System.Diagnostics;
using Rsvp.Cli.Processes;

namespace Rsvp.Cli.Instances;

/// <summary><c>./rsvp up</c>: the whole system, with one command.</summary>
internal static class UpCommand
{
    // As in production, so that alerts take as long as there.
    private const int ScrapeSeconds = 15;

    private static readonly TimeSpan WatchInterval = TimeSpan.FromSeconds(1);

    internal static Command Create()
    {
        var detach = new Option<bool>("--detach", "-d") { Description = "return when the system is ready" };
        var observe = new Option<bool>("--observe") { Description = "start a Prometheus too, with the alerts" };
        Option<int> workers = CountOption("--workers", "how many workers to run", 2, PortPlan.WorkersMax);
        Option<int> apis = CountOption("--apis", "how many APIs to run behind the public port", 1, PortPlan.FrontsMax);
        Option<int> notifiers = CountOption("--notifiers", "how many notifiers to run behind the APIs", 1, PortPlan.FrontsMax);
        var command = new Command("up", "Start whatever is missing of the system on this machine.") { detach, observe, workers, apis, notifiers };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetValue(detach), parsed.GetValue(observe), new ServiceCounts(parsed.GetValue(workers), parsed.GetValue(apis), parsed.GetValue(notifiers)), cancellationToken));
        return command;
    }

    internal static Option<int> CountOption(string name, string description, int? usual, int max)
    {
        var option = new Option<int>(name) { Description = description, Required = usual is null };
        if (usual is { } value) option.DefaultValueFactory = _ => value;
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is var count && (count < 1 || count > max)) result.AddError($"{name}: 1 to {max}");
        });
        return option;
    }

    private static async Task<int> RunAsync(bool detach, bool observe, ServiceCounts counts, CancellationToken cancellationToken)
    {
        var home = RsvpHome.FromEnvironment();
        var clock = Stopwatch.StartNew();
        Instance instance = Instance.Open(home, RsvpHome.PortBaseFromEnvironment(), Console.WriteLine);
        bool wasRunning = instance.State.Processes.Any(process => process.IsAlive);
        if (instance.State.Retiring is not null)
        {
            Console.WriteLine($"a change of the partitions is not finished, and workers wait for it: ./rsvp repartition --count {instance.State.Partitions.Count}");
        }

        try
        {
            await instance.StartAsync(counts, cancellationToken);
            if (observe) await instance.ObserveAsync(ScrapeSeconds, rules: null, cancellationToken);
            string? problem = await DemoData.LoadAsync(instance, TimeProvider.System, cancellationToken);
            if (problem is not null) Console.WriteLine($"the demo is not loaded: {problem}");
        }
        catch (Exception) when (!wasRunning)
        {
            // Nothing ran before, so nothing half-started is left behind.
            await instance.StopAsync(CancellationToken.None);
            instance.Dispose();
            throw;
        }

        PrintSummary(instance, clock.Elapsed);
        ProcessRef[] processes = [.. instance.State.Processes];
        instance.Dispose();
        if (detach) return 0;

        Console.WriteLine("running; Ctrl-C stops everything (./rsvp logs -f shows what happens)");
        int exitCode = await WatchAsync(home, processes, cancellationToken);
        Console.WriteLine("stopping ...");
        await DownCommand.StopAsync(home, Console.WriteLine, CancellationToken.None);
        return exitCode;
    }

    /// <summary>Until Ctrl-C or ./rsvp down; says it when something ends by itself.</summary>
    private static async Task<int> WatchAsync(RsvpHome home, ProcessRef[] processes, CancellationToken cancellationToken)
    {
        var watched = processes.ToList();
        try
        {
            while (watched.Count > 0)
            {
                foreach (ProcessRef ended in watched.Where(process => !process.IsAlive).ToArray())
                {
                    Console.WriteLine($"{ended.Name} has ended; its log is {home.LogOf(ended.Name)}");
                    watched.Remove(ended);
                }

                await Task.Delay(WatchInterval, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            return 0;
        }

        return 1;
    }

    private static void PrintSummary(Instance instance, TimeSpan elapsed)
    {
        string api = Service.Api(instance.Ports).Url;
        var tokens = new JwtSettings(ServiceEnvironment.Issuer, ServiceEnvironment.Audience, instance.Secrets.JwtKey).Tokens(TimeProvider.System);
        string observed = instance.Prometheus.IsRunning ? $"\n  Prometheus  {instance.Prometheus.Url}alerts" : "";
        Console.WriteLine(
            $"""

            ready after {elapsed.TotalSeconds:0.0} s

              page        {api}/
              API         {api}/api/activities
              reference   {api}/docs
              notifier    {Service.Notifier(instance.Ports).Url}
              RabbitMQ    {instance.Rabbit.Address.Management} (user {instance.Rabbit.Address.Admin}, password {instance.Rabbit.Address.Password})
              PostgreSQL  {instance.Postgres.Address.Url(Servers.PostgresServer.Owner, instance.Secrets.PostgresOwner)}
              logs        {instance.Home.Logs}{observed}

            a token for an hour (./rsvp token makes more):
              {tokens.Create(DemoData.Host, TimeSpan.FromHours(1), "Demo Host")}

            """);
    }
}
