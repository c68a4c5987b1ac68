using Microsoft.Extensions.Options;
using Npgsql;
using Rsvp.Hosting.Partitions;
using Rsvp.Worker.Partitions;

namespace Rsvp.Worker.Balancing;

/// <summary>Lets a worker begin once nobody takes commands from the queues of another topology, and not at all when it counts partitions differently from the others.</summary>
internal sealed partial class TopologyGate(
    NpgsqlDataSource dataSource,
    WorkerTable table,
    IOptions<PartitionTopologyOptions> topology,
    IOptions<BalancingOptions> options,
    TimeProvider time,
    ILogger<TopologyGate> logger)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>Waits; the database may be away meanwhile.</summary>
    /// <param name="cancellationToken">The worker stops.</param>
    /// <exception cref="InvalidOperationException">This version of the topology has another number of partitions.</exception>
    internal async Task WaitAsync(CancellationToken cancellationToken)
    {
        var said = false;
        while (!await TryPassAsync(cancellationToken))
        {
            if (!said)
            {
                said = true;
                LogWaiting(topology.Value.Version);
            }

            await Task.Delay(PollInterval, time, cancellationToken);
        }
    }

    private async Task<bool> TryPassAsync(CancellationToken cancellationToken)
    {
        var (version, count) = (topology.Value.Version, topology.Value.Count);
        try
        {
            if (await RegisterAsync(version, count, cancellationToken) is var known && known != count)
            {
                throw new InvalidOperationException(
                    $"Partitions:Count is {count}, but version {version} of the topology has {known}. Activities change their queue with the number of partitions: a new number needs a new Partitions:Version, see docs/scaling.md.");
            }

            return !await table.AnotherTopologyLivesAsync(options.Value.DeadAfter, cancellationToken);
        }
        catch (Exception error) when (SqlErrors.Classify(error) == SqlError.Transient)
        {
            return false;
        }
    }

    private async Task<int> RegisterAsync(int version, int count, CancellationToken cancellationToken)
    {
        await using var batch = dataSource.CreateBatch();
        Sql.Add(batch, "INSERT INTO partition_topologies (version, partition_count) VALUES ($1, $2) ON CONFLICT (version) DO NOTHING", version, count);
        Sql.Add(batch, "SELECT partition_count FROM partition_topologies WHERE version = $1", version);
        return (int)(await batch.ExecuteScalarAsync(cancellationToken))!;
    }

    [LoggerMessage(3321, LogLevel.Information, "Topology {Version} waits until no worker takes commands from another one's queues")]
    private partial void LogWaiting(int version);
}
