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
    private static readonly int[] PoolSizes = [2, 4, 6, 8, 16, 32];
    private static readonly int[] FewPoolSizes = [4, 16];
    private static readonly int[] ConnectionCounts = [1, 8, 64, 256, ManyConnections];
    private static readonly int[] QuickConnectionCounts = [64, ManyConnections];

    private string _part = BenchOptions.Comparison;
    private string _condition = "";

    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        int[] connectionCounts = options.IsQuick ? QuickConnectionCounts : ConnectionCounts;
        int[] poolSizes = options.IsQuick ? FewPoolSizes : PoolSizes;
        await SweepPoolsAsync(OneActivity, poolSizes, cancellationToken);
        for (int round = 1; round <= options.Rounds; round++)
        {
            foreach (int connections in connectionCounts) await TakeTurnsAsync(OneActivity, connections, round, cancellationToken);
        }

        if (options.IsQuick) return;

        await SweepPoolsAsync(FiftyActivities, poolSizes, cancellationToken);
        for (int round = 1; round <= options.Rounds; round++) await TakeTurnsAsync(FiftyActivities, ManyConnections, round, cancellationToken);
    }

    /// <summary>One activity and many connections only, as things stand.</summary>
    /// <param name="condition">How they stand.</param>
    /// <param name="cancellationToken">Gives up.</param>
    internal async Task CompareUnderAsync(string condition, CancellationToken cancellationToken)
    {
        _part = BenchOptions.Network;
        _condition = $", {condition}";
        await SweepPoolsAsync(OneActivity, FewPoolSizes, cancellationToken);
        for (int round = 1; round <= options.Rounds; round++) await TakeTurnsAsync(OneActivity, ManyConnections, round, cancellationToken);
    }

    /// <summary>Each rival goes on with the pool that took most requests a second.</summary>
    private async Task SweepPoolsAsync(string scenario, int[] sizes, CancellationToken cancellationToken)
    {
        foreach (RivalProcess rival in system.Rivals)
        {
            var found = new List<RoundFigures>();
            foreach (int size in sizes)
            {
                await rival.ResizePoolAsync(size, cancellationToken);
                RoundPlan plan = await PlanAsync("pool", scenario, ManyConnections, 1, cancellationToken) with { PoolSize = size };
                found.Add(await rounds.RunAsync(rival.Contender, plan, cancellationToken));
            }

            results.Rounds.AddRange(found);
            await rival.ResizePoolAsync(found.MaxBy(figures => figures.PerSecond)!.PoolSize, cancellationToken);
            Console.WriteLine($"  {rival.Contender.Name} goes on with {rival.PoolSize} connections to PostgreSQL");
        }
    }

    private async Task TakeTurnsAsync(string scenario, int connections, int round, CancellationToken cancellationToken)
    {
        Contender[] contenders = [.. system.Contenders];
        for (int turn = 0; turn < contenders.Length; turn++)
        {
            Contender contender = contenders[(turn + round) % contenders.Length];
            int pool = system.Rivals.FirstOrDefault(rival => rival.Contender == contender)?.PoolSize ?? 0;
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
