using Rsvp.Bench.Contenders;

namespace Rsvp.Bench.Load;

/// <summary>Rounds that nobody counts: fewer would measure the compiler.</summary>
internal static class WarmUp
{
    internal const int RoundCount = 3;

    private const int QuickRoundCount = 2;
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(4);

    internal static async Task RunAsync(BenchSystem system, RoundRunner rounds, Contender contender, bool isQuick, CancellationToken cancellationToken)
    {
        for (int round = 0; round < (isQuick ? QuickRoundCount : RoundCount); round++)
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
