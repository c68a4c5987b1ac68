using System.Diagnostics;
using Rsvp.Bench.Comparison;
using Rsvp.Bench.Contenders;
using Rsvp.Bench.Load;
using Rsvp.Bench.Reporting;
using Rsvp.Cli.Bench;
using Rsvp.Cli.Servers;
using Rsvp.Cli.Storm;
using Rsvp.Contracts;
using Rsvp.Worker.Audit;

namespace Rsvp.Bench.Limits;

/// <summary>How many commands a second one partition can apply at most, by the size of its batches: all sizes in turn, several times a round.</summary>
internal sealed class ApplyCeiling(BenchSystem system, BenchOptions options, BenchResults results)
{
    // One try is at the mercy of what else the machine does just then.
    private const int TriesPerRound = 3;
    private static readonly int[] BatchSizes = [1, 8, 32, 128, 256, 512];
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);

    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        await using RivalDatabase database = await RivalDatabase.CreateAsync(system.Instance, "rsvp_ceiling", cancellationToken);
        await using var apply = new SetBasedApply(database.WorkerKeywords);
        await MeasureAsync(apply, 256, WarmUp, cancellationToken);
        for (int pass = 0; pass < options.Rounds * TriesPerRound; pass++)
        {
            foreach (int size in BatchSizes)
            {
                await system.RestAsync(cancellationToken);
                double before = CpuSeconds();
                (int count, TimeSpan elapsed) = await MeasureAsync(apply, size, options.RoundTime, cancellationToken);
                double perSecond = count / elapsed.TotalSeconds;
                double cpuEach = (CpuSeconds() - before) / count * 1e6;
                results.Figures.Add(new Figure(BenchOptions.Ceilings, "apply alone, one connection, by batch size", size, Math.Round(perSecond), "commands/s"));
                results.Figures.Add(new Figure(BenchOptions.Ceilings, "apply alone, CPU of this process and of PostgreSQL for each, by batch size", size, Math.Round(cpuEach), "µs"));
                Console.WriteLine($"  apply in batches of {size}: {perSecond:0}/s, {cpuEach:0} µs of CPU each");
            }
        }

        AuditReport audit = await new Auditor(database.Reader).RunAsync(cancellationToken: cancellationToken);
        if (!audit.IsClean) throw new NoFiguresException($"{audit}");
    }

    private static async Task<(int Count, TimeSpan Elapsed)> MeasureAsync(SetBasedApply apply, int size, TimeSpan duration, CancellationToken cancellationToken)
    {
        Guid activityId = await apply.OpenAsync(ClosedLoop.Capacity, cancellationToken);
        var clock = new Stopwatch();
        int count = 0;
        while (clock.Elapsed < duration)
        {
            Command[] commands = SetBasedApply.Submits(activityId, size);
            clock.Start();
            await apply.ApplyAsync(commands, cancellationToken);
            clock.Stop();
            count += size;
        }

        return (count, clock.Elapsed);
    }

    /// <summary>Of what applies: this process and PostgreSQL; the others rest.</summary>
    private double CpuSeconds() => CpuMeter.Read(system.Processes.Where(process => process.Name == PostgresServer.Name)).Sum(entry => entry.Value);
}
