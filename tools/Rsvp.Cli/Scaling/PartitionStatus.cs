using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;
using Rsvp.Cli.Instances;

namespace Rsvp.Cli.Scaling;

/// <summary>One partition: who is active on it, since when, how much waits, and for how long the last commands had.</summary>
/// <param name="Queue">Its queue.</param>
/// <param name="Number">0 to P − 1.</param>
/// <param name="Owner">The active worker's name; null when the broker has none.</param>
/// <param name="StandbyCount">Workers behind it.</param>
/// <param name="OwnedFor">Since the owner's first delivery; null when it has had none.</param>
/// <param name="MessageCount">Messages in the queue, those in work included; some seconds old.</param>
/// <param name="Lag">Age of the oldest command of the last batch when it was decided; null before the first.</param>
internal sealed record PartitionStatus(string Queue, int Number, string? Owner, int StandbyCount, TimeSpan? OwnedFor, long MessageCount, TimeSpan? Lag)
{
    private static readonly Regex PartitionQueue = new(@"^rsvp\.partition\.v\d+\.(\d+)$", RegexOptions.CultureInvariant);

    /// <summary>All partitions, as the broker and the workers' own table have them.</summary>
    internal static async Task<IReadOnlyList<PartitionStatus>> ReadAsync(RunFile run, CancellationToken cancellationToken)
    {
        using var broker = new BrokerManagement(new Uri(run.RabbitmqManagement));
        var consumers = (await broker.ConsumersAsync(cancellationToken)).ToLookup(consumer => consumer.Queue);
        var workers = await WorkersAsync(run, cancellationToken);
        return
        [
            .. from queue in await broker.QueuesAsync(cancellationToken)
               let match = PartitionQueue.Match(queue.Name)
               where match.Success
               orderby queue.Name
               let number = int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)
               let owner = consumers[queue.Name].FirstOrDefault(consumer => consumer.IsActive)?.Tag
               let known = owner is null ? default : workers.GetValueOrDefault((owner, number))
               select new PartitionStatus(
                   queue.Name, number, owner, consumers[queue.Name].Count(consumer => !consumer.IsActive), known.OwnedFor, queue.MessageCount, known.Lag),
        ];
    }

    private static async Task<Dictionary<(string Worker, int Partition), (TimeSpan? OwnedFor, TimeSpan? Lag)>> WorkersAsync(RunFile run, CancellationToken cancellationToken)
    {
        await using var dataSource = NpgsqlDataSource.Create(run.AuditorKeywords());
        await using var command = dataSource.CreateCommand(
            """
            SELECT DISTINCT ON (name, partition) name, partition, now() - active_since, lag
            FROM   workers
            JOIN   worker_partitions USING (worker_id)
            ORDER  BY name, partition, started_at DESC
            """);
        var found = new Dictionary<(string, int), (TimeSpan?, TimeSpan?)>();
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            found[(row.GetString(0), row.GetInt32(1))] = (
                row.IsDBNull(2) ? null : row.GetTimeSpan(2), row.IsDBNull(3) ? null : row.GetTimeSpan(3));
        }

        return found;
    }
}
