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
    private static readonly int[] PartitionCounts = [1, 4, 8, 16, 64];
    private static readonly int[] BatchSizes = [64, 128, 1_024];

    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        foreach (ServiceCounts counts in Counts) await MeasureAsync($"{counts.Apis} APIs, {counts.Workers} workers, {PartitionTopology.OfThisMachine.Count} partitions", [], counts, cancellationToken);
        foreach (int count in PartitionCounts) await MeasureAsync($"{count} partitions", new() { ["Partitions__Count"] = $"{count}" }, new ServiceCounts(), cancellationToken);
        foreach (int size in BatchSizes) await MeasureAsync($"batches of at most {size}", new() { ["Submitting__BatchCommandsMax"] = $"{size}" }, new ServiceCounts(), cancellationToken);
    }

    private async Task MeasureAsync(string what, Dictionary<string, string> settings, ServiceCounts counts, CancellationToken cancellationToken)
    {
        await using BenchSystem system = await BenchSystem.StartAsync(settings, counts, null, cancellationToken);
        var rounds = new RoundRunner(system);
        await WarmUp.RunAsync(system, rounds, system.Ours, options.IsQuick, cancellationToken);
        for (int round = 1; round <= options.Rounds; round++)
        {
            foreach (int activityCount in (int[])[1, ClosedLoop.ActivityCount])
            {
                var plan = new RoundPlan
                {
                    Part = BenchOptions.Scale,
                    Scenario = $"{what}, {(activityCount == 1 ? ClosedLoop.OneActivity : ClosedLoop.FiftyActivities)}",
                    Round = round,
                    Activities = await system.OpenAsync(activityCount, ClosedLoop.Capacity / activityCount, cancellationToken),
                    Connections = ClosedLoop.ManyConnections,
                    Duration = options.RoundTime,
                };
                results.Rounds.Add(await rounds.RunAsync(system.Ours, plan, cancellationToken));
            }
        }
    }
}
