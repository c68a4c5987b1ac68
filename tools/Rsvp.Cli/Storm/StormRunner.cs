using System.Diagnostics;
using System.Globalization;
using Rsvp.Cli.Instances;
using Rsvp.Cli.Processes;

namespace Rsvp.Cli.Storm;

/// <summary>Runs one rush: opens an activity, prepares every byte, starts the clock, and finds out what was left open.</summary>
internal sealed class StormRunner(RunFile run, StormOptions options, IStormProgress progress)
{
    private const int ResolveAtOnce = 16;

    // What it takes until the services run optimised code; fewer would measure the compiler.
    private const int WarmupRequestsMin = 10_000;
    private static readonly TimeSpan StallAtMost = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ResolveAtMost = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan ReportInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>The worker that was killed; null when none was.</summary>
    internal string? KilledWorker { get; private set; }

    /// <summary>CPU seconds by process while the clock ran.</summary>
    internal Dictionary<string, double> CpuSeconds { get; private set; } = [];

    /// <summary>Requests that had no outcome when their response came, and were asked for afterwards.</summary>
    internal int ResolvedLaterCount { get; private set; }

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
            [.. chosen.Select((user, index) => client.BuildCancel(rush.ActivityId, client.TokenFor(rush.Users[user]), KeyFor(rush.ActivityId, index, "cancel")))],
            rate: 1 / options.CancelInterval?.TotalSeconds)
        { IsCancel = true };
        int connectionCount = options.CancelInterval is null ? Math.Max(1, round.Count) : 1;
        await ExecuteAsync(client, round, "cancels", connectionCount, false, cancellationToken);
        return round;
    }

    private async Task ExecuteAsync(
        StormClient client, StormRound round, string title, int connectionCount, bool kill, CancellationToken cancellationToken)
    {
        await Rush.RunAsync(
            client.ApiUrl,
            round,
            connectionCount,
            rush =>
            {
                progress.Begin(title, round.Count);
                return WatchAsync(round, rush, kill, cancellationToken);
            },
            cancellationToken);
        await ResolveAsync(client, round, cancellationToken);
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
        var requests = new byte[count][];
        for (int index = 0; index < users.Length; index++)
        {
            users[index] = Guid.NewGuid();
            sizes[index] = random.Next(options.PartyMin, options.PartyMax + 1);
            requests[index] = client.BuildSubmit(activityId, client.TokenFor(users[index]), sizes[index], KeyFor(activityId, index, "submit"));
        }

        return new StormRound(activityId, users, sizes, requests, isMeasured ? options.Rate : null);
    }

    /// <summary>A client that expects trouble sends a key, so that it may ask again.</summary>
    private string? KeyFor(Guid activityId, int index, string command) =>
        options.KillWorker ? string.Create(CultureInfo.InvariantCulture, $"storm-{command}-{activityId:N}-{index}") : null;

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

    /// <summary>What a patient client does: asks for the outcome of what was accepted, and repeats what got no answer.</summary>
    private async Task ResolveAsync(StormClient client, StormRound round, CancellationToken cancellationToken)
    {
        int[] open = [.. Enumerable.Range(0, round.Count).Where(index => IsOpen(round.Answers[index]))];
        if (open.Length == 0) return;

        progress.Say($"{open.Length} requests without an outcome yet: asking for them");
        ResolvedLaterCount += open.Length;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(ResolveAtMost);
        try
        {
            await Parallel.ForEachAsync(
                open,
                new ParallelOptions { MaxDegreeOfParallelism = ResolveAtOnce, CancellationToken = limit.Token },
                (index, token) => ResolveOneAsync(client, round, index, token));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // What is still open is counted as lost.
        }
    }

    private async ValueTask ResolveOneAsync(StormClient client, StormRound round, int index, CancellationToken cancellationToken)
    {
        round.Reopen(index);
        while (IsOpen(round.Answers[index]))
        {
            Answer known = round.Answers[index];
            Answer answer = known.Kind == AnswerKind.Pending && known.RequestId != Guid.Empty
                ? await client.AskAsync(known.RequestId, round.Users[index], cancellationToken)
                : await client.RepeatAsync(
                    round, index, KeyFor(round.ActivityId, index, round.IsCancel ? "cancel" : "submit"), cancellationToken);

            // A question that fails does not make the request forgotten.
            if (known.Kind != AnswerKind.Pending || !IsOpen(answer) || answer.Kind == AnswerKind.Pending) round.Complete(index, answer);
            if (!IsOpen(round.Answers[index])) return;

            round.Reopen(index);
            await Task.Delay(TimeSpan.FromMilliseconds(200), cancellationToken);
        }
    }

    /// <summary>503 says that nothing is known or nothing was sent: a client asks again.</summary>
    private static bool IsOpen(Answer answer) =>
        answer.Kind is AnswerKind.None or AnswerKind.Pending || answer is { Kind: AnswerKind.Error, Code: "overloaded" or "outcome_unknown" or "unavailable" };

    private static Dictionary<string, double> Difference(Dictionary<string, double> after, Dictionary<string, double> before) =>
        after.ToDictionary(entry => entry.Key, entry => Math.Max(0, entry.Value - before.GetValueOrDefault(entry.Key)));
}
