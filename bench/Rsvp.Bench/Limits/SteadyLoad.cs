using System.Diagnostics;
using Rsvp.Bench.Comparison;
using Rsvp.Bench.Contenders;
using Rsvp.Bench.Load;
using Rsvp.Bench.Reporting;
using Rsvp.Cli.Bench;

namespace Rsvp.Bench.Limits;

/// <summary>The same load for ten minutes in each round, on the same processes: the memory of every one by the minute.</summary>
internal sealed class SteadyLoad(BenchSystem system, RoundRunner rounds, BenchOptions options, BenchResults results)
{
    private const double PerSecond = 200;
    private static readonly TimeSpan Duration = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        var memory = new MemoryMeter(system.Processes);
        var clock = Stopwatch.StartNew();
        for (int round = 1; round <= options.Rounds; round++) await MeasureAsync(round, memory, clock, cancellationToken);
    }

    private async Task MeasureAsync(int number, MemoryMeter memory, Stopwatch clock, CancellationToken cancellationToken)
    {
        var plan = new RoundPlan
        {
            Part = BenchOptions.Steady,
            Scenario = "ten minutes",
            Round = number,
            Activities = await system.OpenAsync(ClosedLoop.ActivityCount, ClosedLoop.Capacity, cancellationToken),
            Connections = 64,
            Duration = Duration,
            Rate = PerSecond,
        };
        PreparedRound round = rounds.Prepare(system.Ours, plan);
        Task<RoundFigures> sending = rounds.SendAsync(system.Ours, plan, round, cancellationToken);
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
