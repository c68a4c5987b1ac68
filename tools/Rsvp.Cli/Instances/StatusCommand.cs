using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Npgsql;
using Rsvp.Cli.Observing;
using Rsvp.Cli.Scaling;
using Rsvp.Cli.Servers;
using Spectre.Console;

namespace Rsvp.Cli.Instances;

/// <summary><c>./rsvp status</c>: what runs, where, how it is, and who has which partition. Exit status 1 when something is missing.</summary>
internal static class StatusCommand
{
    internal static Command Create()
    {
        var command = new Command("status", "Show processes, health, ports and versions.");
        command.SetAction((_, cancellationToken) => RunAsync(cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var home = RsvpHome.FromEnvironment();
        InstanceState state = InstanceState.Load(home);
        if (state.Processes.Count == 0 && state.Containers.Count == 0)
        {
            Console.WriteLine("nothing runs; ./rsvp up -d starts it");
            return 1;
        }

        var ports = new PortPlan(state.PortBase);
        bool healthy = true;
        Table table = new Table().Border(TableBorder.Simple).AddColumns("name", "pid", "port", "health");
        foreach (var process in state.Processes.OrderBy(process => process.Name, StringComparer.Ordinal))
        {
            Service? service = Service.ByName(ports, process.Name);
            string health = !process.IsAlive ? "gone" : service is null ? "runs" : await HealthProbe.AskAsync(service, cancellationToken);
            healthy &= health is "ready" or "runs";
            int port = service?.Port ?? process.Name switch
            {
                PostgresServer.Name => ports.Postgres,
                RabbitServer.Name => ports.Rabbit,
                LocalPrometheus.Name => ports.Prometheus,
                _ => ports.Epmd,
            };
            table.AddRow(process.Name, Text(process.Pid), Text(port), Markup.Escape(health));
        }

        foreach ((string name, string container) in state.Containers) table.AddRow(name, Markup.Escape(container), "", "container");

        AnsiConsole.Write(table);
        await WritePartitionsAsync(home, cancellationToken);
        await Trouble.WriteAsync(home, cancellationToken);
        Console.WriteLine($"home {home.Path}, .NET {Environment.Version}, {RuntimeInformation.OSDescription}");
        return healthy ? 0 : 1;
    }

    private static async Task WritePartitionsAsync(RsvpHome home, CancellationToken cancellationToken)
    {
        IReadOnlyList<PartitionStatus> partitions;
        try
        {
            partitions = await PartitionStatus.ReadAsync(RunFile.Load(home), cancellationToken);
        }
        catch (Exception exception) when (exception is NpgsqlException or HttpRequestException or TaskCanceledException or JsonException or ToolException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Console.WriteLine($"the partitions are not known: {exception.Message}");
            return;
        }

        Table table = new Table().Border(TableBorder.Simple).AddColumns("partition", "owner", "since", "standby", "backlog", "lag");
        foreach (PartitionStatus one in partitions)
        {
            table.AddRow(
                Markup.Escape(one.Queue),
                Markup.Escape(one.Owner ?? "nobody"),
                one.OwnedFor is { } since ? since.ToString("d'.'hh':'mm':'ss", CultureInfo.InvariantCulture) + " ago" : "",
                Text(one.StandbyCount),
                one.MessageCount.ToString(CultureInfo.InvariantCulture),
                one.Lag is { } lag ? string.Create(CultureInfo.InvariantCulture, $"{lag.TotalMilliseconds:0} ms") : "");
        }

        AnsiConsole.Write(table);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
