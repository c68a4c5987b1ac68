using Rsvp.Bench.Comparison;
using Rsvp.Bench.Contenders;
using Rsvp.Bench.Load;
using Rsvp.Bench.Reporting;
using Rsvp.Cli;
using Rsvp.Cli.Bench;
using Rsvp.Cli.Storm;
using Rsvp.Worker.Audit;

namespace Rsvp.Bench.Pushes;

/// <summary>From a cancel to the push that tells somebody in line that the seat is theirs, in a system at rest and while another activity of the same partition is rushed.</summary>
internal sealed class PromotionPush(BenchSystem system, RoundRunner rounds, BenchOptions options, BenchResults results)
{
    private const int CancelCount = 60;
    private static readonly TimeSpan CancelInterval = TimeSpan.FromMilliseconds(100);

    // The rush is ended when the last of them has its outcome.
    private static readonly TimeSpan RushTime = 3 * CancelCount * CancelInterval;
    private static readonly TimeSpan SettleAtMost = TimeSpan.FromSeconds(30);

    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        for (int round = 0; round <= options.Rounds; round++)
        {
            await RunAsync("idle", hasRush: false, round, cancellationToken);
            await RunAsync("rush in the same partition", hasRush: true, round, cancellationToken);
        }
    }

    private async Task RunAsync(string scenario, bool hasRush, int round, CancellationToken cancellationToken)
    {
        var storm = new StormOptions
        {
            UserCount = CancelCount * 4,
            Capacity = CancelCount * 2,
            ConnectionCount = 32,
            CancelCount = CancelCount,
            CancelInterval = CancelInterval,
        };
        await system.RestAsync(cancellationToken);
        var runner = new StormRunner(system.Run, storm, new PlainProgress(_ => { }));
        StormRound full = await runner.RunAsync(system.Client, "full", true, cancellationToken);
        await using var watchers = new PushWatchers(system.Client.ApiUrl, TimeProvider.System);
        await watchers.ConnectAsync(system.Ours.Database, system.Client, full, CancelCount, cancellationToken);
        var plan = new RoundPlan
        {
            Part = BenchOptions.Promotion,
            Scenario = "the rush meanwhile",
            Round = round,
            Activities = [await system.OpenBesideAsync(full.ActivityId, samePartition: true, ClosedLoop.Capacity, cancellationToken)],
            Connections = ClosedLoop.ManyConnections,
            Duration = RushTime,
        };
        PreparedRound? rush = hasRush ? rounds.Prepare(system.Ours, plan) : null;
        Task<RoundFigures>? rushing = rush is null ? null : rounds.SendAsync(system.Ours, plan, rush, cancellationToken);
        StormRound cancels = await runner.CancelAsync(system.Client, full, cancellationToken);
        RoundFigures? rushed = null;
        if (rush is not null)
        {
            if (!rush.IsSending) throw new ToolException("no figures: the rush was over before the last cancel had its outcome");
            rush.EndSending();
            rushed = (await rushing!) with { AuditedRows = await RoundRunner.AuditAsync(system.Ours, plan.Activities, rush, cancellationToken) };
        }

        await CheckAsync(full, cancels, watchers, cancellationToken);
        Promotions promotions = await Promotions.ReadAsync(system.Ours.Database, full.ActivityId, cancellationToken);
        Console.WriteLine($"  {scenario}, round {round}: promotion {promotions.Latency}");
        Console.WriteLine($"  {scenario}, round {round}: push      {promotions.PushLatency(watchers)}");
        if (round == 0) return;

        if (rushed is not null) results.Rounds.Add(rushed);
        Add("promoted", promotions.Latency);
        Add("told", promotions.PushLatency(watchers));

        void Add(string what, LatencyFigures latency)
        {
            results.Figures.Add(new Figure(BenchOptions.Promotion, $"{scenario}: cancel to {what}, p50", 0, latency.P50, "ms"));
            results.Figures.Add(new Figure(BenchOptions.Promotion, $"{scenario}: cancel to {what}, p99", 0, latency.P99, "ms"));
        }
    }

    private async Task CheckAsync(StormRound full, StormRound cancels, PushWatchers watchers, CancellationToken cancellationToken)
    {
        if (cancels.CancelledCount != CancelCount) throw new NoFiguresException($"{cancels.CancelledCount} of {CancelCount} cancels succeeded");

        await AuditRunner.SettleAsync(system.Ours.Database, SettleAtMost, cancellationToken);
        List<StormCheck> checks = await watchers.CheckAsync(system.Ours.Database, full.ActivityId, SettleAtMost, cancellationToken);
        AuditReport audit = await new Auditor(system.Ours.Database).RunAsync(
            new AuditOptions { Activities = [full.ActivityId], Journal = [.. full.AcceptedIds(), .. cancels.AcceptedIds()] }, cancellationToken);
        if (audit.IsClean && checks.All(check => check.Ok)) return;

        foreach (StormCheck check in checks.Where(check => !check.Ok)) Console.WriteLine($"  {check.Name}: {check.Found}, not {check.Expected}");
        throw new NoFiguresException($"{audit}");
    }
}
