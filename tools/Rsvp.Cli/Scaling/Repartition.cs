using Npgsql;
using Rsvp.Cli.Instances;
using Rsvp.Hosting.Messaging;

namespace Rsvp.Cli.Scaling;

/// <summary>
/// Changes the number of partitions. Activities change their queue with it, so what is in the old queues has to be decided before anything in the new ones: the APIs send to the
/// new queues, which nobody consumes, until the old ones are empty and their workers gone.
/// </summary>
/// <remarks>Every step can be repeated, and what is under way stands in the instance's state, so an interrupted change goes on where it was.</remarks>
internal static class Repartition
{
    internal static async Task RunAsync(Instance instance, int count, Action<string> say, CancellationToken cancellationToken)
    {
        InstanceState state = instance.State;
        string[] apis = Alive(instance, service => service.IsApi);
        if (apis.Length == 0) throw new ToolException("nothing is running here: ./rsvp up -d starts it");

        if (state.Retiring is not null && state.Partitions.Count != count)
        {
            throw new ToolException($"a change to {state.Partitions.Count} partitions is not finished: ./rsvp repartition --count {state.Partitions.Count}");
        }

        if (state.Retiring is null && state.Partitions.Count == count)
        {
            say($"there are {count} partitions");
            return;
        }

        await instance.FindServersAsync(cancellationToken);
        PartitionTopology from = state.Retiring ?? state.Partitions;
        PartitionTopology to = state.Retiring is null ? new PartitionTopology(from.Version == 1 ? 2 : 1, count) : state.Partitions;
        using var broker = new BrokerManagement(new Uri(instance.Rabbit.Address.ManagementUrl));
        await broker.DeclareLikeAsync(Topology.PartitionQueue(from.Version, 0), to, cancellationToken);
        (state.Retiring, state.Partitions) = (from, to);
        instance.Save();

        string[] workers = Alive(instance, service => service.IsWorker);
        say($"new commands wait in the {to.Count} new queues ...");
        foreach (string api in apis.Where(api => !Runs(instance, api, to)))
        {
            await instance.StopAsync(api, cancellationToken);
            await instance.StartAsync(api, cancellationToken);
        }

        await using var queues = await PartitionQueues.OpenAsync(instance.Rabbit.Address.Url(instance.Rabbit.Address.Admin, instance.Rabbit.Address.Password), cancellationToken);
        await DrainAsync(instance, queues, from, to, say, cancellationToken);

        say("the workers begin with the new queues ...");
        int workerCount = workers.Select(worker => Service.ByName(instance.Ports, worker)!.Number).DefaultIfEmpty(1).Max();
        await instance.StartAsync(instance.Counts with { Workers = workerCount }, cancellationToken);

        await RetireAsync(instance, broker, queues, from, cancellationToken);
        state.Retiring = null;
        instance.Save();
        say($"there are {to.Count} partitions, in queues {Topology.PartitionQueue(to.Version, 0)} and following");
    }

    /// <summary>Until everything in the old queues is decided, or in the new ones.</summary>
    private static async Task DrainAsync(
        Instance instance, PartitionQueues queues, PartitionTopology from, PartitionTopology to, Action<string> say, CancellationToken cancellationToken)
    {
        say($"what is in the {from.Count} old queues is decided ...");
        string[] old = Alive(instance, service => service.IsWorker && !Runs(instance, service.Name, to));
        if (old.Length == 0 && await queues.CountAsync(from, cancellationToken) > 0)
        {
            await instance.StartAsync("worker-1", from, cancellationToken);
            old = ["worker-1"];
        }

        if (old.Length > 0) await queues.DecidedAsync(from, cancellationToken);
        await instance.StopAsync(old, cancellationToken);

        // Only the system's own commands, such as a pass, which the last workers sent on their way out: they are in no order with anybody's.
        int moved = await queues.MoveAsync(from, to, cancellationToken);
        if (moved > 0) say($"{moved} batches of the system's own were moved to the new queues");
    }

    private static async Task RetireAsync(
        Instance instance, BrokerManagement broker, PartitionQueues queues, PartitionTopology from, CancellationToken cancellationToken)
    {
        if (await queues.CountAsync(from, cancellationToken) is > 0 and var left) throw new ToolException($"{left} batches are in the old queues: repeat the command");

        for (int partition = 0; partition < from.Count; partition++)
        {
            string name = Topology.PartitionQueue(from.Version, partition);
            await broker.DeleteAsync("queues", name, cancellationToken);
            await broker.DeleteAsync("exchanges", name, cancellationToken);
        }

        // Its number is free for the next change.
        await using var dataSource = NpgsqlDataSource.Create(RunFile.Load(instance.Home).OwnerKeywords());
        await using var command = dataSource.CreateCommand("DELETE FROM partition_topologies WHERE version = $1");
        command.Parameters.AddWithValue(from.Version);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static bool Runs(Instance instance, string name, PartitionTopology topology) => instance.State.Topologies.GetValueOrDefault(name, 1) == topology.Version;

    private static string[] Alive(Instance instance, Func<Service, bool> isMeant) =>
    [
        .. instance.State.Processes.Where(process => process.IsAlive).Select(process => Service.ByName(instance.Ports, process.Name)).OfType<Service>()
            .Where(isMeant).OrderBy(service => service.Number).Select(service => service.Name),
    ];
}
