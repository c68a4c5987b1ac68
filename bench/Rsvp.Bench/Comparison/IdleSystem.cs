using Rsvp.Bench.Contenders;
using Rsvp.Bench.Load;
using Rsvp.Bench.Reporting;
using Rsvp.Cli.Bench;

namespace Rsvp.Bench.Comparison;

/// <summary>One person now and then, who waits for the outcome.</summary>
internal sealed class IdleSystem(BenchSystem system, RoundRunner rounds, BenchOptions options, BenchResults results)
{
    private const double PerSecond = 20;
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(15);

    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        for (int round = 0; round <= options.Rounds; round++)
        {
            var plan = new RoundPlan
            {
                Part = BenchOptions.Idle,
                Scenario = "idle",
                Round = round,
                Activities = [await system.OpenAsync(ClosedLoop.Capacity, cancellationToken)],
                Connections = 4,
                Duration = Duration,
                Rate = PerSecond,
            };
            RoundFigures figures = await rounds.RunAsync(system.Ours, plan, cancellationToken);
            if (round > 0) results.Rounds.Add(figures);
        }
    }
}
