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

    // What every one of them can do, each second.
    private static readonly double[] SameRates = [250, 500];

    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        // The pool that is best for one activity, which is not the one that the closed loop ended with.
        await new PoolSweep(system, rounds, results).UseBestAsync(
            await PlanAsync(null, ClosedLoop.OneActivity, 1, cancellationToken),
            ClosedLoop.PoolSizes,
            1,
            async () => [await system.OpenAsync(ClosedLoop.Capacity, cancellationToken)],
            cancellationToken);
        var limits = new Dictionary<string, double>();
        foreach (Contender contender in system.Contenders)
        {
            limits[contender.Name] = results.MedianPerSecond(BenchOptions.Comparison, ClosedLoop.OneActivity, contender.Name, ClosedLoop.ManyConnections)
                ?? (await rounds.RunAsync(contender, await PlanAsync(null, "closed loop", 1, cancellationToken), cancellationToken)).PerSecond;
        }

        for (int round = 1; round <= options.Rounds; round++)
        {
            foreach (double rate in SameRates) await TakeTurnsAsync(_ => rate, "the same rate", round, cancellationToken);
            foreach (double share in Shares)
            {
                await TakeTurnsAsync(contender => Math.Round(limits[contender.Name] * share), $"{share:0%} of its limit", round, cancellationToken);
            }
        }
    }

    private async Task TakeTurnsAsync(Func<Contender, double> rate, string scenario, int round, CancellationToken cancellationToken)
    {
        foreach ((Contender contender, int pool) in system.InTurn())
        {
            RoundPlan plan = await PlanAsync(rate(contender), scenario, round, cancellationToken);
            results.Rounds.Add(await rounds.RunAsync(contender, plan with { PoolSize = pool }, cancellationToken));
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
