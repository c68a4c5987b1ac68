using Rsvp.Bench.Contenders;
using Rsvp.Bench.Load;
using Rsvp.Bench.Reporting;
using Rsvp.Cli.Bench;

namespace Rsvp.Bench.Comparison;

/// <summary>What only this design does, or what is compared with nobody: rounds on an activity of their own after one that does not count.</summary>
internal sealed class OursAlone(BenchSystem system, RoundRunner rounds, BenchOptions options, BenchResults results)
{
    // What is accepted in this time keeps the workers busy for several times as long.
    private static readonly TimeSpan AcceptingTime = TimeSpan.FromSeconds(3);
    private const int AcceptedPerSecondMax = 25_000;

    private const double IdlePerSecond = 20;
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(15);

    /// <summary>How fast requests are accepted (202), the broker having stored each; what is decided later is checked, but not part of the time.</summary>
    internal Task AcceptAsync(CancellationToken cancellationToken) => RunAsync(
        system.Ours with { RateMax = AcceptedPerSecondMax },
        (activityId, round) => new RoundPlan
        {
            Part = BenchOptions.Acceptance,
            Scenario = "202 alone",
            Round = round,
            Activities = [activityId],
            Connections = ClosedLoop.ManyConnections,
            Duration = AcceptingTime,
            EndsAtAcceptance = true,
        },
        cancellationToken);

    /// <summary>One person now and then, who waits for the outcome.</summary>
    internal Task IdleAsync(CancellationToken cancellationToken) => RunAsync(
        system.Ours,
        (activityId, round) => new RoundPlan
        {
            Part = BenchOptions.Idle,
            Scenario = "idle",
            Round = round,
            Activities = [activityId],
            Connections = 4,
            Duration = IdleTime,
            Rate = IdlePerSecond,
        },
        cancellationToken);

    private async Task RunAsync(Contender ours, Func<Guid, int, RoundPlan> plan, CancellationToken cancellationToken)
    {
        for (int round = 0; round <= options.Rounds; round++)
        {
            Guid activityId = await system.OpenAsync(ClosedLoop.Capacity, cancellationToken);
            RoundFigures figures = await rounds.RunAsync(ours, plan(activityId, round), cancellationToken);
            if (round > 0) results.Rounds.Add(figures);
        }
    }
}
