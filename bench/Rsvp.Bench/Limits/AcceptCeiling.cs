using Rsvp.Bench.Comparison;
using Rsvp.Bench.Contenders;
using Rsvp.Bench.Load;
using Rsvp.Bench.Reporting;
using Rsvp.Cli.Bench;

namespace Rsvp.Bench.Limits;

/// <summary>How many requests a second HTTP, the check of tokens and JSON alone allow: the way of a request to the broker, without the broker. Nothing is stored, so there is nothing to audit.</summary>
internal sealed class AcceptCeiling(BenchSystem system, RoundRunner rounds, BenchOptions options, BenchResults results)
{
    private const int PerSecondMax = 40_000;

    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        await using RivalProcess nothing = await RivalProcess.StartAsync(system.Instance, 1, "nothing", "HTTP alone", PerSecondMax, cancellationToken);
        for (int round = 0; round <= options.Rounds; round++)
        {
            var plan = new RoundPlan
            {
                Part = BenchOptions.Ceilings,
                Scenario = "HTTP alone",
                Round = round,
                Activities = [Guid.NewGuid()],
                Connections = ClosedLoop.ManyConnections,
                Duration = options.RoundTime,
            };
            await system.RestAsync(cancellationToken);
            RoundFigures figures = await rounds.SendAsync(nothing.Contender, plan, rounds.Prepare(nothing.Contender, plan), cancellationToken);
            Console.WriteLine($"  HTTP, tokens and JSON alone: {figures.PerSecond:0}/s");
            if (round > 0) results.Figures.Add(new Figure(BenchOptions.Ceilings, "HTTP, tokens and JSON alone", 0, figures.PerSecond, "requests/s"));
        }
    }
}
