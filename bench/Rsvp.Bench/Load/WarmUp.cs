using Rsvp.Bench.Contenders;

namespace Rsvp.Bench.Load;

/// <summary>Rounds that nobody counts: fewer would measure the compiler.</summary>
internal static class WarmUp
{
    internal const int RoundCount = 3;

    private const int QuickRoundCount = 2;
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(4);

    internal static int RoundCountOf(bool isQuick) => isQuick ? QuickRoundCount : RoundCount;

    internal static async Task RunAsync(BenchSystem system, RoundRunner rounds, Contender contender, int roundCount, CancellationToken cancellationToken)
    {
        for (int round = 0; round < roundCount; round++)
        {
            var plan = new RoundPlan
            {
                Part = "warm-up",
                Scenario = "one activity",
                Round = 0,
                Activities = [await system.OpenAsync(1_000, cancellationToken)],
                Connections = 1_000,
                Duration = Duration,
            };
            await rounds.RunAsync(contender, plan, cancellationToken);
        }
    }
}
