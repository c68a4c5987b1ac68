using Rsvp.Bench.Comparison;
using Rsvp.Bench.Contenders;
using Rsvp.Bench.Limits;
using Rsvp.Bench.Load;
using Rsvp.Bench.Neighbours;
using Rsvp.Bench.Network;
using Rsvp.Bench.Pushes;
using Rsvp.Bench.Reporting;
using Rsvp.Cli.Bench;
using Rsvp.Cli.Instances;
using Rsvp.Cli.Storm;

namespace Rsvp.Bench;

/// <summary>Runs the parts that are asked for, one after another, and writes what they found.</summary>
internal static class BenchRunner
{
    // Parts that put no load on the services of this system.
    private static readonly string[] WithoutWarmUp = [BenchOptions.Ceilings, BenchOptions.Growth, BenchOptions.Network, BenchOptions.Scale];

    internal static async Task RunAsync(BenchOptions options, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(options.Folder);
        string machine = StormReport.DescribeMachine();
        Console.WriteLine(machine);
        Console.WriteLine(options.CommandLine);
        BenchResults results;
        await using (BenchSystem system = await BenchSystem.StartAsync(new Dictionary<string, string>(), new ServiceCounts(), null, cancellationToken))
        {
            results = new BenchResults
            {
                CommandLine = options.CommandLine,
                Machine = machine,
                Versions = await StormReport.DescribeVersionsAsync(system.Run, cancellationToken),
            };
            Console.WriteLine(results.Versions);
            await MeasureSystemAsync(system, options, results, cancellationToken);
        }

        await MeasureAsync(
            options,
            results,
            [
                (BenchOptions.Network, () => new SlowerPaths(options, results).RunAsync(cancellationToken)),
                (BenchOptions.Scale, () => new ScaleOut(options, results).RunAsync(cancellationToken)),
            ]);
        Console.WriteLine();
        Console.WriteLine(new Report(results, options.Folder).Write());
    }

    private static async Task MeasureSystemAsync(BenchSystem system, BenchOptions options, BenchResults results, CancellationToken cancellationToken)
    {
        var rounds = new RoundRunner(system);
        if (options.Parts.Except(WithoutWarmUp).Any()) await WarmUp.RunAsync(system, rounds, system.Ours, WarmUp.RoundCountOf(options.IsQuick), cancellationToken);
        if (options.Has(BenchOptions.Comparison) || options.Has(BenchOptions.OpenLoop))
        {
            await system.StartRivalsAsync(cancellationToken);

            // In a quick run the rounds that try their pools warm them up as well.
            foreach (RivalProcess rival in system.Rivals) await WarmUp.RunAsync(system, rounds, rival.Contender, options.IsQuick ? 1 : WarmUp.RoundCount, cancellationToken);
            await MeasureAsync(
                options,
                results,
                [
                    (BenchOptions.Comparison, () => new ClosedLoop(system, rounds, options, results).RunAsync(cancellationToken)),
                    (BenchOptions.OpenLoop, () => new OpenLoop(system, rounds, options, results).RunAsync(cancellationToken)),
                ]);
            await system.StopRivalsAsync();
        }

        await MeasureAsync(
            options,
            results,
            [
                (BenchOptions.Acceptance, () => new OursAlone(system, rounds, options, results).AcceptAsync(cancellationToken)),
                (BenchOptions.Idle, () => new OursAlone(system, rounds, options, results).IdleAsync(cancellationToken)),
                (BenchOptions.Neighbours, () => new QuietActivity(system, rounds, options, results).RunAsync(cancellationToken)),
                (BenchOptions.Promotion, () => new PromotionPush(system, rounds, options, results).RunAsync(cancellationToken)),
                (BenchOptions.Watchers, () => new ManyWatchers(system, rounds, results).RunAsync(cancellationToken)),
                (BenchOptions.Ceilings, () => MeasureCeilingsAsync(system, rounds, options, results, cancellationToken)),
                (BenchOptions.Growth, () => new Growth(system, results).RunAsync(cancellationToken)),
                (BenchOptions.Steady, () => new SteadyLoad(system, rounds, options, results).RunAsync(cancellationToken)),
            ]);
    }

    private static async Task MeasureCeilingsAsync(BenchSystem system, RoundRunner rounds, BenchOptions options, BenchResults results, CancellationToken cancellationToken)
    {
        new MachineCeiling(system.Instance.Home, options, results).Run();
        await new AcceptCeiling(system, rounds, options, results).RunAsync(cancellationToken);
        await new BrokerCeiling(system, options, results).RunAsync(cancellationToken);
        await new ApplyCeiling(system, options, results).RunAsync(cancellationToken);
    }

    /// <summary>What was found is kept after each part, so that a later one that fails does not take it along; unless something was wrong, because then nothing counts.</summary>
    private static async Task MeasureAsync(BenchOptions options, BenchResults results, IEnumerable<(string Part, Func<Task> MeasureAsync)> parts)
    {
        foreach ((string part, Func<Task> measureAsync) in parts.Where(part => options.Has(part.Part)))
        {
            Console.WriteLine(part);
            string file = Path.Combine(options.Folder, "results.json");
            try
            {
                await measureAsync();
            }
            catch (NoFiguresException)
            {
                File.Delete(file);
                throw;
            }

            JsonFile.Write(file, results);
        }
    }
}
