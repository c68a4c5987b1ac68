using System.Diagnostics;
using Rsvp.Bench.Comparison;
using Rsvp.Bench.Contenders;
using Rsvp.Bench.Load;
using Rsvp.Bench.Reporting;
using Rsvp.Cli.Bench;
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
                double perSecond = await MeasureAsync(apply, size, options.RoundTime, cancellationToken);
                results.Figures.Add(new Figure(BenchOptions.Ceilings, "apply alone, one connection, by batch size", size, Math.Round(perSecond), "commands/s"));
                Console.WriteLine($"  apply in batches of {size}: {perSecond:0}/s");
            }
        }

        AuditReport audit = await new Auditor(database.Reader).RunAsync(cancellationToken: cancellationToken);
        if (!audit.IsClean) throw new NoFiguresException($"{audit}");
    }

    private static async Task<double> MeasureAsync(SetBasedApply apply, int size, TimeSpan duration, CancellationToken cancellationToken)
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

        return count / clock.Elapsed.TotalSeconds;
    }
}
