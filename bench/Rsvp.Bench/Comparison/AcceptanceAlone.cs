using Rsvp.Bench.Contenders;
using Rsvp.Bench.Load;
using Rsvp.Bench.Reporting;
using Rsvp.Cli.Bench;

namespace Rsvp.Bench.Comparison;

/// <summary>How fast requests are accepted (202) on one activity, the broker having stored each; what is decided later is checked, but not part of the time.</summary>
internal sealed class AcceptanceAlone(BenchSystem system, RoundRunner rounds, BenchOptions options, BenchResults results)
{
    // What is accepted in this time keeps the workers busy for several times as long.
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(3);

    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        for (int round = 0; round <= options.Rounds; round++)
        {
            var plan = new RoundPlan
            {
                Part = BenchOptions.Acceptance,
                Scenario = "202 alone",
                Round = round,
                Activities = [await system.OpenAsync(ClosedLoop.Capacity, cancellationToken)],
                Connections = ClosedLoop.ManyConnections,
                Duration = Duration,
                EndsAtAcceptance = true,
            };
            RoundFigures figures = await rounds.RunAsync(system.Ours with { RateMax = 25_000 }, plan, cancellationToken);
            if (round > 0) results.Rounds.Add(figures);
        }
    }
}
