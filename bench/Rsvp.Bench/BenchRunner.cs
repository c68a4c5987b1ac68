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
            await MeasureAsync(system, options, results, cancellationToken);
        }

        if (options.Has(BenchOptions.Network)) await new SlowerPaths(options, results).RunAsync(cancellationToken);
        if (options.Has(BenchOptions.Scale)) await new ScaleOut(options, results).RunAsync(cancellationToken);
        JsonFile.Write(Path.Combine(options.Folder, "results.json"), results);
        Console.WriteLine();
        Console.WriteLine(new Report(results, options.Folder).Write());
    }

    private static async Task MeasureAsync(BenchSystem system, BenchOptions options, BenchResults results, CancellationToken cancellationToken)
    {
        var rounds = new RoundRunner(system);
        if (options.Parts.Except([BenchOptions.Ceilings, BenchOptions.Growth, BenchOptions.Network, BenchOptions.Scale]).Any()) await WarmUp.RunAsync(system, rounds, system.Ours, options.IsQuick, cancellationToken);
        if (options.Has(BenchOptions.Comparison) || options.Has(BenchOptions.OpenLoop))
        {
            await system.StartRivalsAsync(cancellationToken);
            foreach (RivalProcess rival in system.Rivals) await WarmUp.RunAsync(system, rounds, rival.Contender, options.IsQuick, cancellationToken);
        }

        if (options.Has(BenchOptions.Comparison)) await new ClosedLoop(system, rounds, options, results).RunAsync(cancellationToken);
        if (options.Has(BenchOptions.OpenLoop)) await new OpenLoop(system, rounds, options, results).RunAsync(cancellationToken);
        await system.StopRivalsAsync();
        if (options.Has(BenchOptions.Acceptance)) await new AcceptanceAlone(system, rounds, options, results).RunAsync(cancellationToken);
        if (options.Has(BenchOptions.Idle)) await new IdleSystem(system, rounds, options, results).RunAsync(cancellationToken);
        if (options.Has(BenchOptions.Neighbours)) await new QuietActivity(system, rounds, options, results).RunAsync(cancellationToken);
        if (options.Has(BenchOptions.Promotion)) await new PromotionPush(system, rounds, options, results).RunAsync(cancellationToken);
        if (options.Has(BenchOptions.Watchers)) await new ManyWatchers(system, rounds, results).RunAsync(cancellationToken);
        if (options.Has(BenchOptions.Ceilings)) await new ApplyCeiling(system, options, results).RunAsync(cancellationToken);
        if (options.Has(BenchOptions.Growth)) await new Growth(system, options, results).RunAsync(cancellationToken);
        if (options.Has(BenchOptions.Steady)) await new SteadyLoad(system, rounds, results).RunAsync(cancellationToken);
    }
}
