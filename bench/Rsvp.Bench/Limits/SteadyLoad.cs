using System.Diagnostics;
using Rsvp.Bench.Comparison;
using Rsvp.Bench.Contenders;
using Rsvp.Bench.Load;
using Rsvp.Bench.Reporting;
using Rsvp.Cli.Bench;

namespace Rsvp.Bench.Limits;

/// <summary>Ten minutes of the same load: the memory of every process by the minute.</summary>
internal sealed class SteadyLoad(BenchSystem system, RoundRunner rounds, BenchResults results)
{
    private const double PerSecond = 200;
    private static readonly TimeSpan Duration = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        var plan = new RoundPlan
        {
            Part = BenchOptions.Steady,
            Scenario = "ten minutes",
            Round = 1,
            Activities = await system.OpenAsync(ClosedLoop.ActivityCount, ClosedLoop.Capacity, cancellationToken),
            Connections = 64,
            Duration = Duration,
            Rate = PerSecond,
        };
        PreparedRound round = rounds.Prepare(system.Ours, plan);
        Task<RoundFigures> sending = rounds.SendAsync(system.Ours, plan, round, cancellationToken);
        var memory = new MemoryMeter(system.Processes);
        var clock = Stopwatch.StartNew();
        while (!sending.IsCompleted)
        {
            await Task.WhenAny(sending, Task.Delay(Interval, cancellationToken));
            double minute = Math.Round(clock.Elapsed.TotalMinutes);
            foreach ((string process, double megabytes) in memory.Look()) results.Figures.Add(new Figure(BenchOptions.Steady, process, minute, megabytes, "MB"));
        }

        RoundFigures figures = await sending;
        results.Rounds.Add(figures with { AuditedRows = await RoundRunner.AuditAsync(system.Ours, plan.Activities, round, cancellationToken) });
    }
}
