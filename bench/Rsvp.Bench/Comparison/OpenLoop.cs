using Rsvp.Bench.Contenders;
using Rsvp.Bench.Load;
using Rsvp.Bench.Reporting;
using Rsvp.Cli.Bench;

namespace Rsvp.Bench.Comparison;

/// <summary>
/// Requests come at a rate, whether or not answers do, and wait from when they were due: a closed loop asks less when the answers are slow, and
/// so hides the queue ("coordinated omission").
/// </summary>
internal sealed class OpenLoop(BenchSystem system, RoundRunner rounds, BenchOptions options, BenchResults results)
{
    private static readonly double[] Shares = [0.25, 0.5, 0.75, 0.9];

    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        foreach (Contender contender in system.Contenders)
        {
            double limit = results.MedianPerSecond(BenchOptions.Comparison, ClosedLoop.OneActivity, contender.Name, ClosedLoop.ManyConnections)
                ?? (await rounds.RunAsync(contender, await PlanAsync(null, "closed loop", 1, cancellationToken), cancellationToken)).PerSecond;
            foreach (double share in Shares)
            {
                for (int round = 1; round <= options.Rounds; round++)
                {
                    RoundPlan plan = await PlanAsync(Math.Round(limit * share), $"{share:0%} of its limit", round, cancellationToken);
                    results.Rounds.Add(await rounds.RunAsync(contender, plan, cancellationToken));
                }
            }
        }
    }

    private async Task<RoundPlan> PlanAsync(double? rate, string scenario, int round, CancellationToken cancellationToken) => new()
    {
        Part = BenchOptions.OpenLoop,
        Scenario = scenario,
        Round = round,
        Activities = [await system.OpenAsync(ClosedLoop.Capacity, cancellationToken)],
        Connections = ClosedLoop.ManyConnections,
        Duration = options.RoundTime,
        Rate = rate,
    };
}
