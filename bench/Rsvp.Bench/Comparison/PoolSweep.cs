using Rsvp.Bench.Contenders;
using Rsvp.Bench.Load;
using Rsvp.Bench.Reporting;

namespace Rsvp.Bench.Comparison;

/// <summary>Gives each rival the pool of connections that takes most requests a second, for a scenario and a number of people who wait.</summary>
internal sealed class PoolSweep(BenchSystem system, RoundRunner rounds, BenchResults results)
{
    private const string Part = "pool";

    /// <summary>Tries the sizes, unless that was done before, and goes on with the best.</summary>
    /// <param name="plan">A round of the scenario; its part, its pool and its activities do not matter.</param>
    /// <param name="sizes">What to try.</param>
    /// <param name="roundCount">Rounds of each size; their median counts.</param>
    /// <param name="open">Opens the activities of a round.</param>
    /// <param name="cancellationToken">Gives up.</param>
    internal async Task UseBestAsync(RoundPlan plan, int[] sizes, int roundCount, Func<Task<Guid[]>> open, CancellationToken cancellationToken)
    {
        for (int round = (results.Of(Part, plan.Scenario, system.Rivals[0].Contender.Name, plan.Connections).Count / sizes.Length) + 1; round <= roundCount; round++)
        {
            foreach (int size in sizes)
            {
                foreach (RivalProcess rival in system.Rivals)
                {
                    await rival.ResizePoolAsync(size, cancellationToken);
                    RoundPlan trial = plan with { Part = Part, Round = round, PoolSize = size, Activities = await open() };
                    results.Rounds.Add(await rounds.RunAsync(rival.Contender, trial, cancellationToken));
                }
            }
        }

        foreach (RivalProcess rival in system.Rivals)
        {
            int best = Best(results.Of(Part, plan.Scenario, rival.Contender.Name, plan.Connections));
            if (rival.PoolSize == best) continue;

            await rival.ResizePoolAsync(best, cancellationToken);
            Console.WriteLine($"  {rival.Contender.Name} goes on with {best} connections to PostgreSQL");
        }
    }

    /// <summary>The size whose median is the largest.</summary>
    internal static int Best(IEnumerable<RoundFigures> trials) =>
        trials.GroupBy(trial => trial.PoolSize).MaxBy(size => BenchResults.Median(size.Select(trial => trial.PerSecond)))!.Key;
}
