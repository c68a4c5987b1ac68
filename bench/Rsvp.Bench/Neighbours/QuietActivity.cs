using Rsvp.Bench.Comparison;
using Rsvp.Bench.Contenders;
using Rsvp.Bench.Load;
using Rsvp.Bench.Reporting;
using Rsvp.Cli;
using Rsvp.Cli.Bench;

namespace Rsvp.Bench.Neighbours;

/// <summary>What a rush on one activity does to people who ask for another one, in another partition and in the same.</summary>
internal sealed class QuietActivity(BenchSystem system, RoundRunner rounds, BenchOptions options, BenchResults results)
{
    private const double QuietPerSecond = 20;

    // More than wait at once: with four of them people stood in line for a connection, and that was counted as theirs.
    private const int QuietConnections = 64;

    // Two hundred of them, all of which ask while the others rush.
    private static readonly TimeSpan QuietTime = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan FloodTime = TimeSpan.FromSeconds(4);

    // The rush is ended when they have asked; it must have enough to ask until then.
    private static readonly TimeSpan RushTime = TimeSpan.FromSeconds(15);

    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        for (int round = 1; round <= options.Rounds; round++)
        {
            await RunAsync("in another partition", isSamePartition: false, round, cancellationToken);
            await RunAsync("in the same partition", isSamePartition: true, round, cancellationToken);
            await BehindFloodAsync(round, cancellationToken);
        }
    }

    /// <summary>More is accepted than is decided, because nobody waits, and the queue grows: what they wait who ask meanwhile.</summary>
    private async Task BehindFloodAsync(int round, CancellationToken cancellationToken)
    {
        const string Scenario = "in the same partition, where nobody waits";
        Guid flooded = await system.OpenAsync(ClosedLoop.Capacity, cancellationToken);
        Guid quiet = await system.OpenBesideAsync(flooded, samePartition: true, ClosedLoop.Capacity, cancellationToken);
        RoundPlan floodPlan = Plan($"the rush {Scenario}", round, flooded, ClosedLoop.ManyConnections, FloodTime, rate: null) with { EndsAtAcceptance = true };
        RoundPlan quietPlan = Plan($"quiet, rush {Scenario}", round, quiet, QuietConnections, FloodTime, QuietPerSecond);
        await system.RestAsync(cancellationToken);
        PreparedRound flood = rounds.Prepare(system.Ours, floodPlan);
        PreparedRound others = rounds.Prepare(system.Ours, quietPlan);
        RoundFigures[] figures = await Task.WhenAll(
            rounds.SendAsync(system.Ours, floodPlan, flood, cancellationToken), rounds.SendAsync(system.Ours, quietPlan, others, cancellationToken));
        await AuditAsync(figures[0], flooded, flood, figures[1], quiet, others, cancellationToken);
    }

    private async Task RunAsync(string scenario, bool isSamePartition, int round, CancellationToken cancellationToken)
    {
        Guid rushed = await system.OpenAsync(ClosedLoop.Capacity, cancellationToken);
        Guid quiet = await system.OpenBesideAsync(rushed, isSamePartition, ClosedLoop.Capacity, cancellationToken);
        RoundPlan rushPlan = Plan($"the rush {scenario}", round, rushed, ClosedLoop.ManyConnections, RushTime, rate: null);
        RoundPlan quietPlan = Plan($"quiet, rush {scenario}", round, quiet, QuietConnections, QuietTime, QuietPerSecond);
        await system.RestAsync(cancellationToken);
        PreparedRound rush = rounds.Prepare(system.Ours, rushPlan);
        PreparedRound others = rounds.Prepare(system.Ours, quietPlan);
        Task<RoundFigures> rushing = rounds.SendAsync(system.Ours, rushPlan, rush, cancellationToken);
        RoundFigures quietFigures = await rounds.SendAsync(system.Ours, quietPlan, others, cancellationToken);
        if (!rush.IsSending) throw new ToolException("no figures: the rush was over before the quiet activity's people had asked");
        rush.EndSending();
        await AuditAsync(await rushing, rushed, rush, quietFigures, quiet, others, cancellationToken);
    }

    private async Task AuditAsync(
        RoundFigures rushFigures, Guid rushed, PreparedRound rush, RoundFigures quietFigures, Guid quiet, PreparedRound others, CancellationToken cancellationToken)
    {
        long rushRows = await RoundRunner.AuditAsync(system.Ours, [rushed], rush, cancellationToken);
        long quietRows = await RoundRunner.AuditAsync(system.Ours, [quiet], others, cancellationToken);
        results.Rounds.AddRange([rushFigures with { AuditedRows = rushRows }, quietFigures with { AuditedRows = quietRows }]);
        Console.WriteLine($"  {rushFigures.Scenario}, round {rushFigures.Round}: {rushFigures.PerSecond:0}/s");
        Console.WriteLine($"  {quietFigures.Scenario}, round {quietFigures.Round}: {quietFigures.LatencyMs}");
    }

    private static RoundPlan Plan(string name, int round, Guid activity, int connections, TimeSpan duration, double? rate) => new()
    {
        Part = BenchOptions.Neighbours,
        Scenario = name,
        Round = round,
        Activities = [activity],
        Connections = connections,
        Duration = duration,
        Rate = rate,
    };
}
