using System.CommandLine;
using System.Globalization;
using Npgsql;
using Rsvp.Cli.Instances;
using Rsvp.Worker.Audit;

namespace Rsvp.Cli.Storm;

/// <summary><c>./rsvp storm</c>: rushes an activity and checks what came of it. Exit status 1 when anything is wrong.</summary>
internal static class StormCommand
{
    // Positions are told once a second, and a watcher may have to find a notifier that starts again.
    private static readonly TimeSpan PushAtMost = TimeSpan.FromSeconds(30);

    internal static Command Create()
    {
        var users = Count("--users", "how many people ask for a place", 2000);
        var capacity = Count("--capacity", "people the activity can hold", 100);
        var connections = Count("--connections", "keep-alive connections, each waiting for its outcome", 1000);
        var party = new Option<string>("--party") { Description = "people in a party: 1, or a range such as 1-4", DefaultValueFactory = _ => "1" };
        var cancel = new Option<int>("--cancel") { Description = "how many of the confirmed cancel after the rush, all at once" };
        var cancelEvery = new Option<string?>("--cancel-every") { Description = "let them cancel one after another instead, this far apart: 100ms, 1.5s" };
        var seed = new Option<int>("--seed") { Description = "what party sizes, and who cancels, are drawn from", DefaultValueFactory = _ => 1 };
        var rate = new Option<double?>("--rate") { Description = "requests per second, sent whether or not answers come (open loop)" };
        var kill = new Option<bool>("--kill-worker") { Description = "SIGKILL the busiest worker in the middle" };
        var warmup = new Option<int>("--warmup") { Description = "rounds on other activities before the one that counts, of at least 10,000 requests each", DefaultValueFactory = _ => 1 };
        var json = new Option<string?>("--json") { Description = "write the report to this file too" };
        var command = new Command("storm", "Rush an activity, report figures, and check every outcome.")
        {
            users, capacity, connections, party, cancel, cancelEvery, seed, rate, kill, warmup, json,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            (int partyMin, int partyMax) = StormOptions.ParseParty(parsed.GetValue(party)!);
            var options = new StormOptions
            {
                UserCount = parsed.GetValue(users),
                Capacity = parsed.GetValue(capacity),
                ConnectionCount = Math.Min(parsed.GetValue(connections), parsed.GetValue(users)),
                PartyMin = partyMin,
                PartyMax = partyMax,
                CancelCount = parsed.GetValue(cancel),
                CancelInterval = StormOptions.ParseInterval(parsed.GetValue(cancelEvery)),
                Seed = parsed.GetValue(seed),
                Rate = parsed.GetValue(rate),
                KillWorker = parsed.GetValue(kill),
                WarmupRounds = parsed.GetValue(warmup),
            };
            string commandLine = "./rsvp " + string.Join(' ', parsed.Tokens.Select(token => token.Value));
            StormReport report = await RunAsync(
                RunFile.Load(RsvpHome.FromEnvironment()), options, CreateProgress(), commandLine, cancellationToken);
            report.Print();
            if (parsed.GetValue(json) is { } path) report.WriteJson(path);
            return report.Ok ? 0 : 1;
        });
        return command;
    }

    /// <summary>The warm-up rounds, the one that counts, and its checks.</summary>
    internal static async Task<StormReport> RunAsync(
        RunFile run, StormOptions options, IStormProgress progress, string commandLine, CancellationToken cancellationToken)
    {
        using var client = new StormClient(run, TimeProvider.System);
        var runner = new StormRunner(run, options, progress);
        await using var dataSource = NpgsqlDataSource.Create(run.AuditorKeywords());
        for (int round = 1; round <= options.WarmupRounds; round++)
        {
            string title = string.Create(CultureInfo.InvariantCulture, $"warm-up {round}");
            StormRound warmup = await runner.RunAsync(client, title, false, cancellationToken);
            await using var spectators = new PushWatchers(client.ApiUrl, TimeProvider.System);
            await using var admirers = new Followers(client, TimeProvider.System);
            await CancelAsync(warmup, spectators, admirers);
        }

        StormRound rush = await runner.RunAsync(client, "storm", true, cancellationToken);
        await using var watchers = new PushWatchers(client.ApiUrl, TimeProvider.System);
        await using var followers = new Followers(client, TimeProvider.System);
        StormRound? cancels = await CancelAsync(rush, watchers, followers);

        await AuditRunner.SettleAsync(dataSource, AuditRunner.SettleAtMost, cancellationToken);
        List<StormCheck> checks = await new StormChecks(dataSource, options).RunAsync(client, rush, cancels, cancellationToken);
        Promotions? promotions = null;
        if (cancels is not null)
        {
            promotions = await Promotions.ReadAsync(dataSource, rush.ActivityId, cancellationToken);
            List<StormCheck> told = await watchers.CheckAsync(dataSource, rush.ActivityId, PushAtMost, cancellationToken);
            StormCheck followed = await followers.CheckAsync(rush.ActivityId, PushAtMost, cancellationToken);
            checks.AddRange([.. promotions.Check(options), promotions.CheckPush(watchers), .. told, followed]);
        }

        Guid[] journal = [.. rush.AcceptedIds(), .. cancels?.AcceptedIds() ?? []];
        AuditReport audit = await AuditRunner.RunAsync(dataSource, journal, TimeSpan.Zero, cancellationToken);
        return StormReport.From(rush, options, runner, checks, audit, commandLine, await StormReport.DescribeVersionsAsync(run, cancellationToken)) with
        {
            Cancels = cancels?.CancelledCount,
            PromotionMs = promotions?.Latency,
            PushMs = promotions?.PushLatency(watchers),
        };

        async Task<StormRound?> CancelAsync(StormRound full, PushWatchers audience, Followers following)
        {
            if (options.CancelCount == 0) return null;

            IReadOnlyList<Guid> head = await audience.ConnectAsync(dataSource, client, full, options.CancelCount, cancellationToken);
            await following.FollowAsync(full.ActivityId, head, PushAtMost, cancellationToken);
            progress.Say($"{audience.Watching.Count} people at the head of the line are watching");
            return await runner.CancelAsync(client, full, cancellationToken);
        }
    }

    private static IStormProgress CreateProgress() =>
        Console.IsOutputRedirected ? new PlainProgress(Console.WriteLine) : new TerminalProgress();

    private static Option<int> Count(string name, string description, int fallback)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => fallback };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 1_000_000) result.AddError($"{name}: 1 to 1,000,000");
        });
        return option;
    }
}
