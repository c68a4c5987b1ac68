using Rsvp.Bench.Contenders;
using Rsvp.Bench.Load;
using Rsvp.Bench.Reporting;
using Rsvp.Cli.Bench;

namespace Rsvp.Bench.Comparison;

/// <summary>
/// Ours beside the synchronous designs, on one activity and on fifty, by number of connections that each wait for an answer before they send again.
/// The contenders take turns within each round, and who begins moves on, so that a machine that changes its speed changes it for all.
/// </summary>
internal sealed class ClosedLoop(BenchSystem system, RoundRunner rounds, BenchOptions options, BenchResults results)
{
    internal const string OneActivity = "one activity";
    internal const string FiftyActivities = "fifty activities";
    internal const int ManyConnections = 1_000;

    /// <summary>Seats of an activity: some are confirmed and most wait, as in a rush.</summary>
    internal const int Capacity = 1_000;

    internal const int ActivityCount = 50;

    /// <summary>From one, where nobody waits for a row, to many times more than the processors need.</summary>
    internal static readonly int[] PoolSizes = [1, 2, 4, 8, 16, 32, 64];

    private static readonly int[] FewPoolSizes = [4, 16];

    private const int PoolRounds = 2;
    private static readonly int[] DistantPoolSizes = [1, 2, 4, 8, 16, 64];

    // The pool for so many people, or fewer, is looked for with so many.
    private const int FewConnections = 64;
    private static readonly int[] ConnectionCounts = [1, 8, 64, 256, ManyConnections];
    private static readonly int[] QuickConnectionCounts = [64, ManyConnections];

    private string _part = BenchOptions.Comparison;
    private string _condition = "";

    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        for (int round = 1; round <= options.Rounds; round++)
        {
            foreach (int connections in options.IsQuick ? QuickConnectionCounts : ConnectionCounts)
            {
                await UseBestPoolsAsync(OneActivity, connections, cancellationToken);
                await TakeTurnsAsync(OneActivity, connections, round, cancellationToken);
            }
        }

        if (options.IsQuick) return;

        await UseBestPoolsAsync(FiftyActivities, ManyConnections, cancellationToken);
        for (int round = 1; round <= options.Rounds; round++) await TakeTurnsAsync(FiftyActivities, ManyConnections, round, cancellationToken);
    }

    /// <summary>One activity and many connections only, as things stand.</summary>
    /// <param name="condition">How they stand.</param>
    /// <param name="cancellationToken">Gives up.</param>
    internal async Task CompareUnderAsync(string condition, CancellationToken cancellationToken)
    {
        _part = BenchOptions.Network;
        _condition = $", {condition}";
        await UseBestPoolsAsync(OneActivity, ManyConnections, cancellationToken);
        for (int round = 1; round <= options.Rounds; round++) await TakeTurnsAsync(OneActivity, ManyConnections, round, cancellationToken);
    }

    /// <summary>Sweeps once for many connections and once for few; a quick run only for many.</summary>
    private async Task UseBestPoolsAsync(string scenario, int connections, CancellationToken cancellationToken)
    {
        int swept = connections > FewConnections || options.IsQuick ? ManyConnections : FewConnections;
        RoundPlan plan = await PlanAsync(_part, scenario, swept, 1, cancellationToken);
        int[] sizes = options.IsQuick ? FewPoolSizes : _part == BenchOptions.Network ? DistantPoolSizes : PoolSizes;
        int roundCount = _part == BenchOptions.Comparison && !options.IsQuick ? PoolRounds : 1;
        await new PoolSweep(system, rounds, results).UseBestAsync(
            plan, sizes, roundCount, () => system.OpenAsync(plan.Activities.Length, Capacity / plan.Activities.Length, cancellationToken), cancellationToken);
    }

    private async Task TakeTurnsAsync(string scenario, int connections, int round, CancellationToken cancellationToken)
    {
        foreach ((Contender contender, int pool) in system.InTurn(round))
        {
            RoundPlan plan = await PlanAsync(_part, scenario, connections, round, cancellationToken) with { PoolSize = pool };
            results.Rounds.Add(await rounds.RunAsync(contender, plan, cancellationToken));
        }
    }

    private async Task<RoundPlan> PlanAsync(string part, string scenario, int connections, int round, CancellationToken cancellationToken)
    {
        int count = scenario == OneActivity ? 1 : ActivityCount;
        return new RoundPlan
        {
            Part = part,
            Scenario = scenario + _condition,
            Round = round,
            Activities = await system.OpenAsync(count, Capacity / count, cancellationToken),
            Connections = connections,
            Duration = options.RoundTime,
        };
    }
}
