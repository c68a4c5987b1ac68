using Rsvp.Bench.Comparison;
using Rsvp.Bench.Contenders;
using Rsvp.Bench.Load;
using Rsvp.Bench.Reporting;
using Rsvp.Cli.Bench;
using Rsvp.Cli.Instances;

namespace Rsvp.Bench.Limits;

/// <summary>Throughput by number of APIs and workers, by partitions, and by the largest batch. With all on one machine more processes add no processor: what they cost is what shows.</summary>
internal sealed class ScaleOut(BenchOptions options, BenchResults results)
{
    private static readonly ServiceCounts[] Counts = [new(Workers: 1), new(Workers: 2), new(Workers: 2, Apis: 2), new(Workers: 4, Apis: 2), new(Workers: 4, Apis: 4)];
    private static readonly int[] PartitionCounts = [1, 2, 4, 8, 16, 64];
    private static readonly int[] BatchSizes = [64, 128, 1_024];

    private static IEnumerable<Arrangement> Arrangements =>
    [
        .. Counts.Select(counts => new Arrangement($"{counts.Apis} APIs, {counts.Workers} workers, {PartitionTopology.OfThisMachine.Count} partitions", [], counts)),
        .. PartitionCounts.Select(count => new Arrangement($"{count} partitions", new() { ["Partitions__Count"] = $"{count}" }, new ServiceCounts())),
        .. BatchSizes.Select(size => new Arrangement($"batches of at most {size}", new() { ["Submitting__BatchCommandsMax"] = $"{size}" }, new ServiceCounts())),
    ];

    /// <summary>All of them in each round, so that a slower hour of the machine is one of every arrangement.</summary>
    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        for (int round = 1; round <= options.Rounds; round++)
        {
            foreach (Arrangement arrangement in Arrangements) await MeasureAsync(arrangement, round, cancellationToken);
        }
    }

    private async Task MeasureAsync(Arrangement arrangement, int round, CancellationToken cancellationToken)
    {
        await using BenchSystem system = await BenchSystem.StartAsync(arrangement.Settings, arrangement.Counts, null, cancellationToken);
        var rounds = new RoundRunner(system);
        await WarmUp.RunAsync(system, rounds, system.Ours, WarmUp.RoundCountOf(options.IsQuick), cancellationToken);
        foreach (int activityCount in (int[])[1, ClosedLoop.ActivityCount])
        {
            var plan = new RoundPlan
            {
                Part = BenchOptions.Scale,
                Scenario = $"{arrangement.Name}, {(activityCount == 1 ? ClosedLoop.OneActivity : ClosedLoop.FiftyActivities)}",
                Round = round,
                Activities = await system.OpenAsync(activityCount, ClosedLoop.Capacity / activityCount, cancellationToken),
                Connections = ClosedLoop.ManyConnections,
                Duration = options.RoundTime,
            };
            results.Rounds.Add(await rounds.RunAsync(system.Ours, plan, cancellationToken));
        }
    }

    /// <param name="Name">Its name in results.</param>
    /// <param name="Settings">Of every service, beyond what they have by themselves.</param>
    /// <param name="Counts">How many of each service.</param>
    private sealed record Arrangement(string Name, Dictionary<string, string> Settings, ServiceCounts Counts);
}
