using System.Diagnostics;
using Npgsql;
using Rsvp.Cli.Instances;
using Rsvp.Cli.Processes;
using Rsvp.Cli.Servers;

namespace Rsvp.Cli.Soak;

/// <summary>Does to a system what faults do, and undoes it.</summary>
internal sealed class FaultHand(Instance instance)
{
    private static readonly TimeSpan BetweenBackends = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan CrashAtMost = TimeSpan.FromSeconds(10);

    internal Instance Instance => instance;

    internal LocalRabbit Broker => instance.Rabbit as LocalRabbit ?? throw NotPrivate();

    /// <summary>Servers that others use are not to be broken.</summary>
    internal static void RequirePrivateServers(Instance instance)
    {
        if (instance.Rabbit is not LocalRabbit || instance.Postgres is not LocalPostgres) throw NotPrivate();
    }

    internal Task FreezeAsync(string victim)
    {
        instance.Send(victim, Signal.Stop);
        return Task.CompletedTask;
    }

    internal async Task ThawAsync(string victim, CancellationToken cancellationToken)
    {
        instance.Send(victim, Signal.Continue);
        await instance.WaitUntilReadyAsync(victim, cancellationToken);
    }

    /// <summary>PostgreSQL's "immediate" shutdown: nothing is written any more, and the next start recovers from the log.</summary>
    internal async Task CrashPostgresAsync(string name, CancellationToken cancellationToken)
    {
        ProcessRef process = instance.State.Alive(name) ?? throw new ToolException($"{name} does not run");
        process.Send(Signal.Quit);
        if (!await process.WaitForExitAsync(CrashAtMost, cancellationToken)) throw new ToolException($"{name} did not stop at once");
    }

    /// <summary>Ends one connection of a service after another, those first that are in a transaction.</summary>
    internal async Task EndBackendsAsync(string role, TimeSpan duration, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        await using var connection = new NpgsqlConnection(instance.Postgres.SuperuserKeywords + ";Pooling=false");
        await connection.OpenAsync(cancellationToken);
        while (clock.Elapsed < duration)
        {
            await using var command = new NpgsqlCommand(
                """
                SELECT pg_terminate_backend(pid)
                FROM  (SELECT pid
                       FROM   pg_stat_activity
                       WHERE  usename = $1
                       ORDER  BY xact_start IS NULL, random()
                       LIMIT  1) AS victim
                """,
                connection)
            { Parameters = { new() { Value = role } } };
            await command.ExecuteScalarAsync(cancellationToken);
            await Task.Delay(BetweenBackends, cancellationToken);
        }
    }

    /// <summary>Back to what the configuration of the node says.</summary>
    internal async Task ClearAlarmsAsync(CancellationToken cancellationToken)
    {
        await Broker.ControlAsync(["set_vm_memory_high_watermark", "0.4"], cancellationToken);
        await Broker.ControlAsync(["set_disk_free_limit", "1GB"], cancellationToken);
    }

    /// <summary>Whatever a fault left behind: thaws, starts what is missing, clears alarms, and waits until everything is ready.</summary>
    internal async Task HealAllAsync(ServiceCounts counts, CancellationToken cancellationToken)
    {
        Service[] services = [.. Service.All(instance.Ports, counts)];
        foreach (Service service in services.Where(service => instance.State.Alive(service.Name) is not null)) instance.Send(service.Name, Signal.Continue);

        await instance.StartAsync(PostgresServer.Name, cancellationToken);
        await instance.StartAsync(RabbitServer.Name, cancellationToken);
        await ClearAlarmsAsync(cancellationToken);
        foreach (Service service in services) await instance.StartAsync(service.Name, cancellationToken);
    }

    private static ToolException NotPrivate() => new(
        "a soak breaks its servers, so it uses private ones: install PostgreSQL and RabbitMQ on this machine, and unset RSVP_POSTGRES and RSVP_RABBITMQ");
}
