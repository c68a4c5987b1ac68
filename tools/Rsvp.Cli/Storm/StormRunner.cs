using System.Diagnostics;
using Rsvp.Cli.Instances;
using Rsvp.Cli.Processes;

namespace Rsvp.Cli.Storm;

/// <summary>Runs one rush: opens an activity, says who asks for what, and starts the clock.</summary>
internal sealed class StormRunner(RunFile run, StormOptions options, IStormProgress progress)
{
    // What it takes until the services run optimised code; fewer would measure the compiler.
    private const int WarmupRequestsMin = 10_000;

    // Longer than a client tries; who has no outcome then is counted as lost.
    private static readonly TimeSpan StallAtMost = TimeSpan.FromSeconds(150);
    private static readonly TimeSpan ReportInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>The worker that was killed; null when none was.</summary>
    internal string? KilledWorker { get; private set; }

    /// <summary>CPU seconds by process while the clock ran.</summary>
    internal Dictionary<string, double> CpuSeconds { get; private set; } = [];

    /// <summary>Requests whose first answer, if there was one, was not their outcome.</summary>
    internal int AskedAgainCount { get; private set; }

    /// <summary>A rush on an activity of its own.</summary>
    internal async Task<StormRound> RunAsync(StormClient client, string title, bool isMeasured, CancellationToken cancellationToken)
    {
        Guid activityId = await client.OpenActivityAsync(title, options, cancellationToken);
        StormRound round = Prepare(client, activityId, isMeasured);
        Dictionary<string, double> before = isMeasured ? CpuMeter.Read(run.Processes) : [];
        await ExecuteAsync(client, round, title, options.ConnectionCount, isMeasured && options.KillWorker, cancellationToken);
        if (isMeasured) CpuSeconds = Difference(CpuMeter.Read(run.Processes), before);
        return round;
    }

    /// <summary>Some of those who were confirmed give their places back, all at once or one after another.</summary>
    internal async Task<StormRound> CancelAsync(StormClient client, StormRound rush, CancellationToken cancellationToken)
    {
        int[] chosen = [.. Enumerable.Range(0, rush.Count).Where(index => rush.Answers[index].Kind == AnswerKind.Confirmed)];
        new Random(options.Seed).Shuffle(chosen);
        chosen = chosen[..Math.Min(options.CancelCount, chosen.Length)];
        var round = new StormRound(
            rush.ActivityId,
            [.. chosen.Select(index => rush.Users[index])],
            [.. chosen.Select(index => rush.PartySizes[index])],
            [.. chosen.Select(index => rush.Tokens[index])],
            rate: 1 / options.CancelInterval?.TotalSeconds)
        { IsCancel = true };

        // One each, so that none waits for the answer to another.
        await ExecuteAsync(client, round, "cancels", Math.Max(1, round.Count), false, cancellationToken);
        return round;
    }

    private async Task ExecuteAsync(
        StormClient client, StormRound round, string title, int connectionCount, bool kill, CancellationToken cancellationToken)
    {
        ClientConnection[] connections = [.. Enumerable.Range(0, connectionCount).Select(_ => new ClientConnection(client))];
        await Rush.RunAsync(
            round,
            connections,
            () => progress.Begin(title, round.Count),
            rush => WatchAsync(round, rush, kill, cancellationToken),
            cancellationToken);
        AskedAgainCount += connections.Sum(connection => connection.AskedAgainCount);
        progress.Report(round);
        progress.End();
    }

    private StormRound Prepare(StormClient client, Guid activityId, bool isMeasured)
    {
        // Everybody is new in each round, so that a round includes what a first-time user costs.
        var random = new Random(options.Seed + (isMeasured ? 0 : 1_000_003));
        int count = isMeasured ? options.UserCount : Math.Max(options.UserCount, WarmupRequestsMin);
        var users = new Guid[count];
        var sizes = new int[count];
        var tokens = new string[count];
        for (int index = 0; index < users.Length; index++)
        {
            users[index] = Guid.NewGuid();
            sizes[index] = random.Next(options.PartyMin, options.PartyMax + 1);
            tokens[index] = client.TokenFor(users[index]);
        }

        return new StormRound(activityId, users, sizes, tokens, isMeasured ? options.Rate : null);
    }

    private async Task WatchAsync(StormRound round, Task rush, bool kill, CancellationToken cancellationToken)
    {
        var stall = Stopwatch.StartNew();
        int lastDone = -1;
        Dictionary<string, double> cpuBefore = kill ? CpuMeter.Read(run.Processes) : [];
        while (!rush.IsCompleted)
        {
            // Closely before a kill, so that it comes in the middle even of a short rush.
            TimeSpan interval = kill && KilledWorker is null ? TimeSpan.FromMilliseconds(10) : ReportInterval;
            await Task.WhenAny(rush, Task.Delay(interval, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
            if (kill && KilledWorker is null && round.DoneCount >= round.Count / 3) KillBusiestWorker(cpuBefore);
            progress.Report(round);

            if (round.DoneCount != lastDone) stall.Restart();
            lastDone = round.DoneCount;
            if (stall.Elapsed > StallAtMost) return;
        }

        await rush;
    }

    /// <summary>Killing a worker that only stands by would prove nothing.</summary>
    private void KillBusiestWorker(Dictionary<string, double> before)
    {
        Dictionary<string, double> used = Difference(CpuMeter.Read(run.Processes), before);
        RunningProcess victim = run.Processes
            .Where(process => process.Name.StartsWith("worker-", StringComparison.Ordinal))
            .MaxBy(process => used.GetValueOrDefault(process.Name))
            ?? throw new ToolException("there is no worker to kill");
        ProcessRef running = ProcessRef.Capture(victim.Name, victim.Pid) ?? throw new ToolException($"{victim.Name} does not run");
        running.Send(Signal.Kill);
        KilledWorker = victim.Name;
        progress.Say($"killed {victim.Name} (SIGKILL)");
    }

    private static Dictionary<string, double> Difference(Dictionary<string, double> after, Dictionary<string, double> before) =>
        after.ToDictionary(entry => entry.Key, entry => Math.Max(0, entry.Value - before.GetValueOrDefault(entry.Key)));
}
