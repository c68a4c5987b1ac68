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

    // Fifty rows are waited for, so the best is none of the few.
    private static readonly int[] PoolSizesOfFifty = [8, 16, 32, 64, 96, 128];

    // What was best for one activity and many people whenever it was looked for.
    private static readonly int[] FewPoolSizes = [4, 2];

    private const int PoolRounds = 2;

    // The pool for so many people, or fewer, is looked for with so many.
    private const int FewConnections = 64;
    private static readonly int[] ConnectionCounts = [1, 8, 64, 256, ManyConnections];
    private static readonly int[] QuickConnectionCounts = [64, ManyConnections];
    private static readonly int[] DistantConnectionCounts = [1, 64, ManyConnections];

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

    /// <summary>The comparison as things stand.</summary>
    /// <param name="condition">How they stand.</param>
    /// <param name="isWhole">False: one activity and many connections only. True: few people and fifty activities, too.</param>
    /// <param name="cancellationToken">Gives up.</param>
    internal async Task CompareUnderAsync(string condition, bool isWhole, CancellationToken cancellationToken)
    {
        _part = BenchOptions.Network;
        _condition = $", {condition}";
        foreach (int connections in isWhole ? DistantConnectionCounts : [ManyConnections])
        {
            await UseBestPoolsAsync(OneActivity, connections, cancellationToken);
            for (int round = 1; round <= options.Rounds; round++) await TakeTurnsAsync(OneActivity, connections, round, cancellationToken);
        }

        if (!isWhole) return;

        await UseBestPoolsAsync(FiftyActivities, ManyConnections, cancellationToken);
        for (int round = 1; round <= options.Rounds; round++) await TakeTurnsAsync(FiftyActivities, ManyConnections, round, cancellationToken);
    }

    /// <summary>Sweeps once for many connections and once for few; a quick run only for many.</summary>
    private async Task UseBestPoolsAsync(string scenario, int connections, CancellationToken cancellationToken)
    {
        int swept = connections > FewConnections || options.IsQuick ? ManyConnections : FewConnections;
        RoundPlan plan = Plan(scenario, swept, 1);
        int[] sizes = options.IsQuick ? FewPoolSizes : scenario == FiftyActivities ? PoolSizesOfFifty : PoolSizes;
        int roundCount = _part == BenchOptions.Comparison && !options.IsQuick ? PoolRounds : 1;
        await new PoolSweep(system, rounds, results).UseBestAsync(
            plan, sizes, roundCount, () => OpenAsync(scenario, cancellationToken), cancellationToken);
    }

    private async Task TakeTurnsAsync(string scenario, int connections, int round, CancellationToken cancellationToken)
    {
        foreach ((Contender contender, int pool) in system.InTurn())
        {
            RoundPlan plan = Plan(scenario, connections, round) with { Activities = await OpenAsync(scenario, cancellationToken), PoolSize = pool };
            results.Rounds.Add(await rounds.RunAsync(contender, plan, cancellationToken));
        }
    }

    private RoundPlan Plan(string scenario, int connections, int round) => new()
    {
        Part = _part,
        Scenario = scenario + _condition,
        Round = round,
        Activities = [],
        Connections = connections,
        Duration = options.RoundTime,
    };

    private Task<Guid[]> OpenAsync(string scenario, CancellationToken cancellationToken)
    {
        int count = scenario == OneActivity ? 1 : ActivityCount;
        return system.OpenAsync(count, Capacity / count, cancellationToken);
    }
}
