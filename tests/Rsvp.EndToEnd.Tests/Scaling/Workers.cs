using Rsvp.Cli.Instances;
using Rsvp.Cli.Scaling;
using Rsvp.EndToEnd.Tests.Systems;
using Rsvp.Testing;

namespace Rsvp.EndToEnd.Tests.Scaling;

/// <summary>Who is active on what, as the broker says.</summary>
internal static class Workers
{
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
}
