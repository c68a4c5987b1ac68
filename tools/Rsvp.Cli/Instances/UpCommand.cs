using System.CommandLine;
using System.Diagnostics;
using Rsvp.Cli.Processes;
using Rsvp.Cli.Tokens;

namespace Rsvp.Cli.Instances;

/// <summary><c>./rsvp up</c>: the whole system, with one command.</summary>
internal static class UpCommand
{
    private static readonly TimeSpan WatchInterval = TimeSpan.FromSeconds(1);

    internal static Command Create()
    {
        var detach = new Option<bool>("--detach", "-d") { Description = "return when the system is ready" };
        var workers = new Option<int>("--workers") { Description = "how many workers to run", DefaultValueFactory = _ => 2 };
        workers.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > PortPlan.WorkersMax) result.AddError($"--workers: 1 to {PortPlan.WorkersMax}");
        });
        var command = new Command("up", "Start whatever is missing of the system on this machine.") { detach, workers };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetValue(detach), parsed.GetValue(workers), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(bool detach, int workerCount, CancellationToken cancellationToken)
    {
        var home = RsvpHome.FromEnvironment();
        var clock = Stopwatch.StartNew();
        Instance instance = Instance.Open(home, RsvpHome.PortBaseFromEnvironment(), Console.WriteLine);
        bool wasRunning = instance.State.Processes.Any(process => process.IsAlive);
        try
        {
            await instance.StartAsync(workerCount, cancellationToken);
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
        var tokens = new TokenFactory(
            new JwtSettings(ServiceEnvironment.Issuer, ServiceEnvironment.Audience, instance.Secrets.JwtKey), TimeProvider.System);
        Console.WriteLine(
            $"""

            ready after {elapsed.TotalSeconds:0.0} s

              API         {api}/api/activities
              reference   {api}/docs
              notifier    {Service.Notifier(instance.Ports).Url}
              RabbitMQ    {instance.Rabbit.Address.Management} (user {instance.Rabbit.Address.Admin}, password {instance.Rabbit.Address.Password})
              PostgreSQL  {instance.Postgres.Address.Url(Servers.PostgresServer.Owner, instance.Secrets.PostgresOwner)}
              logs        {instance.Home.Logs}

            a token for an hour (./rsvp token makes more):
              {tokens.Create(DemoData.Host, TimeSpan.FromHours(1), "Demo Host")}

            """);
    }
}
