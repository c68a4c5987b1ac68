using System.Diagnostics;
using System.Globalization;
using System.Net;
using Npgsql;
using Rsvp.Bench.Contenders;
using Rsvp.Cli.Storm;
using Rsvp.Worker.Audit;

namespace Rsvp.Bench.Load;

/// <summary>Runs a round, and lets nobody see its figures before the auditor has seen the database.</summary>
internal sealed class RoundRunner(BenchSystem system)
{
    private static readonly TimeSpan StallAtMost = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(250);

    // What was accepted and not waited for: minutes of backlog at most.
    private static readonly TimeSpan DrainAtMost = TimeSpan.FromMinutes(3);

    /// <summary>Everybody who asks is new, so a round includes what a first-time user costs.</summary>
    internal PreparedRound Prepare(Contender contender, RoundPlan plan)
    {
        int count = plan.Rate is { } rate
            ? (int)Math.Ceiling(rate * plan.Duration.TotalSeconds)
            : (int)Math.Ceiling(contender.RateMax * plan.Duration.TotalSeconds) + plan.Connections;
        var users = new Guid[count];
        var requests = new byte[count][];
        Parallel.For(0, count, index =>
        {
            users[index] = Guid.NewGuid();
            Guid activityId = plan.Activities[index % plan.Activities.Length];
            requests[index] = PreparedRound.Submit(system.Client.ApiUrl, activityId, system.Client.TokenFor(users[index]), waits: !plan.EndsAtAcceptance);
        });
        return new PreparedRound(plan.Activities[0], users, requests, plan.Rate)
        {
            Duration = plan.Duration,
            EndsAtAcceptance = plan.EndsAtAcceptance,
        };
    }

    /// <exception cref="NoFiguresException">Something was wrong with the answers, or with what is stored.</exception>
    internal async Task<RoundFigures> RunAsync(Contender contender, RoundPlan plan, CancellationToken cancellationToken)
    {
        await system.RestAsync(cancellationToken);
        PreparedRound round = Prepare(contender, plan);
        RoundFigures figures = await SendAsync(contender, plan, round, cancellationToken);
        long rows = await AuditAsync(contender, plan.Activities, round, cancellationToken);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {plan.Scenario,-24} {(plan.Round == 0 ? "warm-up" : $"round {plan.Round}"),-8} {contender.Name,-18} {figures.PerSecond,8:0}/s  {figures.LatencyMs}"));
        return figures with { AuditedRows = rows };
    }

    /// <summary>The round alone: no rest before it and no audit after it.</summary>
    internal async Task<RoundFigures> SendAsync(Contender contender, RoundPlan plan, PreparedRound round, CancellationToken cancellationToken)
    {
        var endpoint = new IPEndPoint((await Dns.GetHostAddressesAsync(contender.Url.Host, cancellationToken)).First(), contender.Url.Port);
        PreparedConnection[] connections = [.. Enumerable.Range(0, plan.Connections).Select(_ => new PreparedConnection(endpoint, round.Requests))];
        var memory = new MemoryMeter(system.Processes);
        Dictionary<string, double> before = [];
        BatchCount batchesBefore = contender.IsOurs ? await system.CountBatchesAsync(cancellationToken) : default;
        await Rush.RunAsync(
            round, connections, () => before = CpuMeter.Read(system.Processes), rush => WatchAsync(round, rush, memory, cancellationToken), cancellationToken);
        Dictionary<string, double> after = CpuMeter.Read(system.Processes);
        var cpu = after.ToDictionary(entry => entry.Key, entry => Math.Max(0, entry.Value - before.GetValueOrDefault(entry.Key)));
        BatchCount batches = contender.IsOurs ? await system.CountBatchesAsync(cancellationToken) - batchesBefore : default;
        return RoundFigures.From(plan, contender.Name, round, cpu, memory.Largest) with { CommandsPerBatch = batches.CommandsPerBatch };
    }

    /// <summary>Everything that was accepted has its outcome, every answer was a good one, and the auditor finds nothing.</summary>
    /// <returns>Rows checked.</returns>
    internal static async Task<long> AuditAsync(Contender contender, Guid[] activities, StormRound round, CancellationToken cancellationToken)
    {
        int granted = CountGranted(contender.Name, round);
        await DrainAsync(contender, activities, granted, cancellationToken);
        await AuditRunner.SettleAsync(contender.Database, AuditRunner.SettleAtMost, cancellationToken);

        // The synchronous designs answer with the outcome and keep none.
        Guid[] journal = contender.IsOurs ? round.AcceptedIds() : [];
        AuditReport audit = await new Auditor(contender.Database).RunAsync(
            new AuditOptions { Activities = activities, Journal = journal }, cancellationToken);
        if (!audit.IsClean)
        {
            Console.WriteLine(audit);
            throw new NoFiguresException($"the auditor found violations in {contender.Name}");
        }

        return audit.RowsChecked;
    }

    /// <summary>Everybody who asked was answered, and with a place, or, where nobody waits for more, with a 202.</summary>
    /// <exception cref="NoFiguresException">Somebody was not.</exception>
    internal static int CountGranted(string contender, StormRound round)
    {
        var kinds = round.Answers.Take(round.TakenCount).CountBy(answer => answer.Kind).ToDictionary();
        int granted = kinds.GetValueOrDefault(AnswerKind.Confirmed) + kinds.GetValueOrDefault(AnswerKind.Waitlisted)
            + (round.EndsAtAcceptance ? kinds.GetValueOrDefault(AnswerKind.Pending) : 0);
        if (granted != round.TakenCount)
        {
            string found = string.Join(", ", round.Answers.Take(round.TakenCount).CountBy(answer => answer.Code ?? answer.Kind.ToString()).Select(entry => $"{entry.Value} {entry.Key}"));
            throw new NoFiguresException($"of {round.TakenCount} requests to {contender} {granted} were granted ({found})");
        }

        return granted;
    }

    private static async Task DrainAsync(Contender contender, Guid[] activities, int granted, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        long stored;
        while ((stored = await CountAsync(contender, activities, cancellationToken)) < granted)
        {
            if (clock.Elapsed > DrainAtMost) throw new NoFiguresException($"of {granted} that {contender.Name} granted {stored} are stored");
            await Task.Delay(LookInterval, cancellationToken);
        }
    }

    private static async Task<long> CountAsync(Contender contender, Guid[] activities, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = contender.Database.CreateCommand("SELECT count(*) FROM rsvps WHERE activity_id = ANY ($1)");
        command.Parameters.Add(new() { Value = activities });
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task WatchAsync(StormRound round, Task rush, MemoryMeter memory, CancellationToken cancellationToken)
    {
        var stall = Stopwatch.StartNew();
        int lastDone = -1;
        while (!rush.IsCompleted)
        {
            memory.Look();
            await Task.WhenAny(rush, Task.Delay(LookInterval, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
            if (round.DoneCount != lastDone) stall.Restart();
            lastDone = round.DoneCount;
            if (stall.Elapsed > StallAtMost) return;
        }

        await rush;
    }
}
