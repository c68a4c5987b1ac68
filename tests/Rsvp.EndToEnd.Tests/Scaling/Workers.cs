using Rsvp.Cli.Instances;
using Rsvp.Cli.Scaling;
using Rsvp.EndToEnd.Tests.Systems;
using Rsvp.Hosting.Partitions;
using Rsvp.Testing;

namespace Rsvp.EndToEnd.Tests.Scaling;

/// <summary>Who is active on what, as the broker says.</summary>
internal static class Workers
{
    private const int PartitionCount = 16;

    // The management API repeats what the queues report every few seconds.
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    internal static async Task<string?[]> OwnersAsync(this SystemFixture system) =>
        [.. (await PartitionStatus.ReadAsync(system.Run, CancellationToken.None)).Select(partition => partition.Owner)];

    /// <summary>Waits until these workers share the partitions evenly, and every one is in every line.</summary>
    /// <returns>The owner of each partition.</returns>
    internal static async Task<string[]> ShareEvenlyAsync(this SystemFixture system, params string[] names)
    {
        var seen = "";
        try
        {
            return await Eventually.ReturnsAsync(
                async () =>
                {
                    var partitions = await PartitionStatus.ReadAsync(system.Run, CancellationToken.None);
                    seen = string.Join(' ', partitions.Select(partition => $"{partition.Owner ?? "-"}+{partition.StandbyCount}"));
                    var low = partitions.Count / names.Length;
                    return names.All(name => partitions.Count(partition => partition.Owner == name) is var count && (count == low || count == low + 1))
                        && partitions.All(partition => names.Contains(partition.Owner) && partition.StandbyCount == names.Length - 1)
                        ? partitions.Select(partition => partition.Owner!).ToArray()
                        : null;
                },
                $"{string.Join(", ", names)} share the partitions evenly",
                Deadline);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"{string.Join(", ", names)} do not share the partitions evenly: {seen}");
            throw;
        }
    }

    /// <summary>What has another owner than before.</summary>
    internal static int[] Moved(string[] before, string[] after) => [.. Enumerable.Range(0, before.Length).Where(partition => before[partition] != after[partition])];

    internal static Task ScaleAsync(this SystemFixture system, int count) => system.Instance.ScaleWorkersAsync(count, CancellationToken.None);

    /// <summary>As the other tests know it.</summary>
    internal static async Task RestoreAsync(this SystemFixture system)
    {
        await system.Instance.StartAsync(new ServiceCounts(), CancellationToken.None);
        await system.ScaleAsync(2);
    }

    /// <summary>An activity on whose partition a worker is active.</summary>
    internal static async Task<Guid> OpenOnAsync(this SystemFixture system, string worker, int? capacity, object? settings = null)
    {
        await Eventually.HoldsAsync(
            async () => (await Task.WhenAll(Enumerable.Range(0, PartitionCount).Select(system.OwnerOfAsync))).Contains(worker), $"{worker} has partitions", Deadline);
        var activity = Guid.Empty;
        await Eventually.HoldsAsync(async () => await system.OwnerOfAsync(activity = await system.OpenAsync(capacity, settings)) == worker, $"an activity is {worker}'s");
        return activity;
    }

    /// <summary>The worker that is active on the partition of an activity.</summary>
    internal static Task<string?> OwnerOfAsync(this SystemFixture system, Guid activity) => system.OwnerOfAsync(Partitioner.PartitionOf(activity, PartitionCount));

    /// <summary>Whom the broker delivered to last, as workers tell each other.</summary>
    private static async Task<string?> OwnerOfAsync(this SystemFixture system, int partition)
    {
        await using var command = system.Database.CreateCommand(
            """
            SELECT name
            FROM   worker_partitions
            JOIN   workers USING (worker_id)
            WHERE  partition = $1 AND active_since IS NOT NULL
            ORDER  BY active_since DESC
            LIMIT  1
            """);
        command.Parameters.AddWithValue(partition);
        return await command.ExecuteScalarAsync() as string;
    }
}
