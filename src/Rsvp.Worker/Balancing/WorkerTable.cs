using Microsoft.Extensions.Options;
using Npgsql;
using Rsvp.Hosting.Partitions;
using Rsvp.Worker.Partitions;

namespace Rsvp.Worker.Balancing;

/// <summary>The workers' signs of life. Times are the database's, so that the clocks of machines do not matter.</summary>
internal sealed class WorkerTable(NpgsqlDataSource dataSource, WorkerInstance worker, IOptions<PartitionTopologyOptions> topology)
{
    private const string BeatSql =
        """
        INSERT INTO workers (worker_id, name, host, topology) VALUES ($1, $2, $3, $4)
        ON CONFLICT (worker_id) DO UPDATE SET last_seen = now()
        """;

    private const string LeftSql = "DELETE FROM worker_partitions WHERE worker_id = $1 AND partition <> ALL ($2)";

    // Only what changed is written: times are measured once for a subscription, and kept.
    private const string StandingsSql =
        """
        INSERT INTO worker_partitions AS known (worker_id, partition, subscription, subscribed_at, active_since, lag, decided_at)
        SELECT $1, partition, subscription, now() - make_interval(secs => subscribed), now() - make_interval(secs => active), make_interval(secs => lag), now() - make_interval(secs => decided)
        FROM   unnest($2, $3, $4, $5, $6, $7) AS mine (partition, subscription, subscribed, active, lag, decided)
        ON     CONFLICT (worker_id, partition) DO UPDATE
        SET    subscription = excluded.subscription,
               subscribed_at = CASE WHEN known.subscription = excluded.subscription THEN known.subscribed_at ELSE excluded.subscribed_at END,
               active_since = CASE WHEN known.subscription = excluded.subscription AND excluded.active_since IS NOT NULL
                                   THEN coalesce(known.active_since, excluded.active_since) ELSE excluded.active_since END,
               lag = coalesce(excluded.lag, known.lag),
               decided_at = coalesce(excluded.decided_at, known.decided_at)
        WHERE  known.subscription <> excluded.subscription OR (known.active_since IS NULL) <> (excluded.active_since IS NULL) OR excluded.decided_at IS NOT NULL
        """;

    // Long dead; each does it for all.
    private const string ForgetSql = "DELETE FROM workers WHERE last_seen < now() - interval '1 minute'";

    private const string LivingSql =
        """
        SELECT worker_id, extract(epoch FROM now() - started_at)::float8, partition, subscribed_at, active_since
        FROM   workers
        LEFT   JOIN worker_partitions USING (worker_id)
        WHERE  last_seen > now() - make_interval(secs => $1) AND topology = $2
        """;

    private const string OthersSql =
        """
        SELECT EXISTS (
            SELECT FROM workers JOIN worker_partitions USING (worker_id) WHERE last_seen > now() - make_interval(secs => $1) AND topology <> $2)
        """;

    /// <summary>Says that this worker lives and where it stands, and reads who else does: one round trip.</summary>
    /// <param name="mine">This worker's subscriptions.</param>
    /// <param name="deadAfter">Silence after which a worker does not count.</param>
    /// <param name="cancellationToken">Ends it.</param>
    internal async Task<Roster> BeatAsync(IReadOnlyList<OwnStanding> mine, TimeSpan deadAfter, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        int[] partitions = [.. mine.Select(own => own.Partition)];
        Sql.Add(batch, BeatSql, worker.Id, worker.Name, worker.Host, topology.Value.Version);
        Sql.Add(batch, LeftSql, worker.Id, partitions);
        Sql.Add(
            batch,
            StandingsSql,
            worker.Id,
            partitions,
            mine.Select(own => own.Subscription).ToArray(),
            mine.Select(own => own.SubscribedFor.TotalSeconds).ToArray(),
            mine.Select(own => own.ActiveFor?.TotalSeconds).ToArray(),
            mine.Select(own => own.Decided?.Lag.TotalSeconds).ToArray(),
            mine.Select(own => own.Decided?.Ago.TotalSeconds).ToArray());
        Sql.Add(batch, ForgetSql);
        Sql.Add(batch, LivingSql, deadAfter.TotalSeconds, topology.Value.Version);
        await using var row = await batch.ExecuteReaderAsync(cancellationToken);
        return await ReadAsync(row, cancellationToken);
    }

    /// <summary>Whether workers live that take commands from the queues of another topology: what is there comes before what is here.</summary>
    internal async Task<bool> AnotherTopologyLivesAsync(TimeSpan deadAfter, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(OthersSql);
        command.Parameters.AddWithValue(deadAfter.TotalSeconds);
        command.Parameters.AddWithValue(topology.Value.Version);
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    /// <summary>Says that this worker is gone.</summary>
    internal async Task LeaveAsync(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("DELETE FROM workers WHERE worker_id = $1");
        command.Parameters.AddWithValue(worker.Id);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<Roster> ReadAsync(NpgsqlDataReader row, CancellationToken cancellationToken)
    {
        var peers = new Dictionary<Guid, (TimeSpan Age, Dictionary<int, Standing> Partitions)>();
        while (await row.ReadAsync(cancellationToken))
        {
            var id = row.GetGuid(0);
            if (!peers.TryGetValue(id, out var peer))
            {
                peers[id] = peer = (TimeSpan.FromSeconds(row.GetDouble(1)), []);
            }

            if (!row.IsDBNull(2))
            {
                peer.Partitions[row.GetInt32(2)] = new Standing(
                    row.GetFieldValue<DateTimeOffset>(3), row.IsDBNull(4) ? null : row.GetFieldValue<DateTimeOffset>(4));
            }
        }

        return new Roster([.. peers.Select(peer => new Peer(peer.Key, peer.Value.Age, peer.Value.Partitions))]);
    }
}

/// <summary>Where this worker stands in line for one partition, by its own clock.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Subscription">Counts subscriptions.</param>
/// <param name="SubscribedFor">How long it has stood there.</param>
/// <param name="ActiveFor">Since its first delivery; null when there was none.</param>
/// <param name="Decided">The last batch since the previous look: how old its oldest command was, and how long ago it was decided; null when there was none.</param>
internal sealed record OwnStanding(int Partition, int Subscription, TimeSpan SubscribedFor, TimeSpan? ActiveFor, (TimeSpan Lag, TimeSpan Ago)? Decided);
