using System.Diagnostics;
using Npgsql;
using Rsvp.Bench.Contenders;
using Rsvp.Bench.Load;
using Rsvp.Bench.Reporting;
using Rsvp.Cli.Bench;
using Rsvp.Cli.Storm;

namespace Rsvp.Bench.Pushes;

/// <summary>Thousands who watch one activity: when the last of them knows of a change, what a watcher costs, and how far a rush is merged.</summary>
internal sealed class ManyWatchers(BenchSystem system, RoundRunner rounds, BenchResults results)
{
    private const int WatcherCount = 5_000;
    private const int ConnectAtOnce = 32;
    private const int ChangeCount = 20;
    private const int RushCount = 5_000;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan ArriveAtMost = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(10);

    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        Guid activityId = await system.OpenAsync(WatcherCount, cancellationToken);
        await system.RestAsync(cancellationToken);
        var memory = new MemoryMeter(system.Processes);
        Dictionary<string, double> before = memory.Look();
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler());
        var watchers = new CapacityWatcher[WatcherCount];
        Task reading = Task.CompletedTask;
        try
        {
            for (int index = 0; index < WatcherCount; index++) watchers[index] = new CapacityWatcher(system.Client.ApiUrl, activityId, system.Client.TokenFor(Guid.NewGuid()));
            await Parallel.ForEachAsync(
                watchers,
                new ParallelOptions { MaxDegreeOfParallelism = ConnectAtOnce, CancellationToken = cancellationToken },
                async (watcher, token) => await watcher.ConnectAsync(invoker, token));
            reading = Task.WhenAll(watchers.Select(watcher => watcher.ReadAsync()));
            await WaitAsync(() => watchers.All(watcher => watcher.MessageCount > 0), "the snapshots", cancellationToken);
            await system.RestAsync(cancellationToken);
            Dictionary<string, double> connected = memory.Look();
            foreach (string process in (string[])["api-1", "notifier-1"])
            {
                Add($"memory of {process} for each watcher", (connected[process] - before[process]) * 1024 / WatcherCount, "KiB");
            }

            await MeasureChangesAsync(activityId, watchers, cancellationToken);
            await MeasureRushAsync(activityId, watchers, memory, cancellationToken);
        }
        finally
        {
            foreach (CapacityWatcher watcher in watchers) watcher?.Dispose();
            await reading;
        }
    }

    private async Task MeasureChangesAsync(Guid activityId, CapacityWatcher[] watchers, CancellationToken cancellationToken)
    {
        Dictionary<string, double> cpu = CpuMeter.Read(system.Processes);
        for (int change = 0; change <= ChangeCount; change++)
        {
            await Task.Delay(Pause, cancellationToken);
            long version = watchers[0].Version + 1;
            foreach (CapacityWatcher watcher in watchers) watcher.Await(version);
            var plan = new RoundPlan
            {
                Part = BenchOptions.Watchers,
                Scenario = "one change",
                Round = change,
                Activities = [activityId],
                Connections = 1,
                Duration = Pause,
            };

            // As many requests as connections, which is one.
            PreparedRound one = rounds.Prepare(system.Ours with { RateMax = 0 }, plan);
            await rounds.SendAsync(system.Ours, plan, one, cancellationToken);
            DateTimeOffset decidedAt = await ReadDecisionAsync(activityId, cancellationToken);
            await WaitAsync(() => watchers.All(watcher => watcher.ArrivedAt != 0), "the change", cancellationToken);

            // The decision log has the database's clock, which is this machine's.
            TimeSpan sinceDecision = TimeProvider.System.GetUtcNow() - decidedAt;
            TimeSpan sinceLast = Stopwatch.GetElapsedTime(watchers.Max(watcher => watcher.ArrivedAt));
            TimeSpan sinceFirst = Stopwatch.GetElapsedTime(watchers.Min(watcher => watcher.ArrivedAt));
            if (change == 0) continue;

            Add("from the decision to the first watcher", (sinceDecision - sinceFirst).TotalMilliseconds, "ms");
            Add("from the decision to the last watcher", (sinceDecision - sinceLast).TotalMilliseconds, "ms");
        }

        Dictionary<string, double> after = CpuMeter.Read(system.Processes);
        foreach (string process in (string[])["api-1", "notifier-1"])
        {
            Add($"CPU of {process} for each watcher and change", (after[process] - cpu[process]) / WatcherCount / (ChangeCount + 1) * 1e6, "µs");
        }
    }

    private async Task MeasureRushAsync(Guid activityId, CapacityWatcher[] watchers, MemoryMeter memory, CancellationToken cancellationToken)
    {
        long messages = watchers.Sum(watcher => (long)watcher.MessageCount);
        var plan = new RoundPlan
        {
            Part = BenchOptions.Watchers,
            Scenario = $"a rush before {WatcherCount} watchers",
            Round = 1,
            Activities = [activityId],
            Connections = 500,
            Duration = TimeSpan.FromSeconds(30),
        };
        PreparedRound rush = rounds.Prepare(system.Ours with { RateMax = RushCount / 30 }, plan);
        RoundFigures figures = await rounds.SendAsync(system.Ours, plan, rush, cancellationToken);
        await system.RestAsync(cancellationToken);
        results.Rounds.Add(figures with { AuditedRows = await RoundRunner.AuditAsync(system.Ours, plan.Activities, rush, cancellationToken) });
        long sent = watchers.Sum(watcher => (long)watcher.MessageCount) - messages;
        Add($"messages to {WatcherCount} watchers in a rush of {figures.Done} changes, each", (double)sent / WatcherCount, "");
        memory.Look();
        foreach ((string process, double megabytes) in memory.Largest) Add($"largest memory of {process}", megabytes, "MB");
        long lost = watchers.Count(watcher => watcher.Version != watchers.Max(other => other.Version));
        if (lost > 0) throw new NoFiguresException($"{lost} watchers do not know the last version");
    }

    private async Task<DateTimeOffset> ReadDecisionAsync(Guid activityId, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = system.Ours.Database.CreateCommand("SELECT at FROM rsvp_analytics WHERE activity_id = $1 ORDER BY seq DESC LIMIT 1");
        command.Parameters.Add(new() { Value = activityId });
        return new DateTimeOffset((DateTime)(await command.ExecuteScalarAsync(cancellationToken))!);
    }

    private static async Task WaitAsync(Func<bool> isDone, string what, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        while (!isDone())
        {
            if (clock.Elapsed > ArriveAtMost) throw new NoFiguresException($"not all watchers have seen {what} after {ArriveAtMost.TotalSeconds:0} s");
            await Task.Delay(PollInterval, cancellationToken);
        }
    }

    private void Add(string name, double value, string unit) => results.Figures.Add(new Figure(BenchOptions.Watchers, name, 0, Math.Round(value, 2), unit));
}
