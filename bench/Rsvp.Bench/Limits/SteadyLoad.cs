using System.Diagnostics;
using Rsvp.Bench.Comparison;
using Rsvp.Bench.Contenders;
using Rsvp.Bench.Load;
using Rsvp.Bench.Reporting;
using Rsvp.Cli.Bench;
using Rsvp.Cli.Storm;

namespace Rsvp.Bench.Limits;

/// <summary>The same load for ten minutes in each round, on the same processes: by the minute how long people wait, and of every process the memory and the processor.</summary>
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
        Dictionary<string, double> before = CpuMeter.Read(system.Processes);
        int lastMinute = -1;
        while (!sending.IsCompleted)
        {
            await Task.WhenAny(sending, Task.Delay(Interval, cancellationToken));
            int minute = (int)Math.Round(clock.Elapsed.TotalMinutes);
            if (minute == lastMinute) break;

            lastMinute = minute;
            Dictionary<string, double> cpu = CpuMeter.Read(system.Processes);
            foreach ((string process, double seconds) in cpu)
            {
                results.Figures.Add(new Figure(BenchOptions.Steady, $"CPU of {process}", minute, Math.Round(seconds - before.GetValueOrDefault(process), 2), "s"));
            }

            before = cpu;
            foreach ((string process, double megabytes) in memory.Look()) results.Figures.Add(new Figure(BenchOptions.Steady, process, minute, megabytes, "MB"));
        }

        RoundFigures figures = await sending;
        for (int minute = 0; minute < Duration.TotalMinutes; minute++)
        {
            LatencyFigures latency = LatencyFigures.From(LatencyFigures.Record(round.Times(minute * Interval, (minute + 1) * Interval)));
            double at = ((number - 1) * Duration.TotalMinutes) + minute + 1;
            results.Figures.Add(new Figure(BenchOptions.Steady, "p50", at, latency.P50, "ms"));
            results.Figures.Add(new Figure(BenchOptions.Steady, "p99", at, latency.P99, "ms"));
        }

        results.Rounds.Add(figures with { AuditedRows = await RoundRunner.AuditAsync(system.Ours, plan.Activities, round, cancellationToken) });
    }
}
