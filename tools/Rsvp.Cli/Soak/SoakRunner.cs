using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Rsvp.Cli.Instances;
using Rsvp.Cli.Storm;
using Rsvp.Worker.Audit;

namespace Rsvp.Cli.Soak;

/// <summary>Load and faults on a system that runs, then rest, then every check.</summary>
internal sealed class SoakRunner(Instance instance, int seed, double minutes, Action<string> say)
{
    internal static readonly ServiceCounts Counts = new();

    // What was accepted must have its outcome in this time once everything is well again.
    private static readonly TimeSpan RestAtMost = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(200);

    internal async Task<SoakReport> RunAsync(IReadOnlyList<ScheduledFault> schedule, CancellationToken cancellationToken)
    {
        RunFile run = RunFile.Load(instance.Home);
        using var client = new SoakClient(new Uri(run.ApiUrl), run.Jwt.Tokens(TimeProvider.System));
        var crowd = new SoakCrowd(client, seed, TimeProvider.System);
        await crowd.OpenAsync(cancellationToken);

        var hand = new FaultHand(instance);
        var faults = new FaultRunner(hand, crowd, Counts, say);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var clock = Stopwatch.StartNew();
        Task load = crowd.RunAsync(end.Token, giveUp.Token);
        await faults.RunAsync(schedule, cancellationToken);
        if (TimeSpan.FromMinutes(minutes) - clock.Elapsed is var left && left > TimeSpan.Zero) await Task.Delay(left, cancellationToken);

        List<string> findings = [.. faults.Findings];
        try
        {
            await hand.HealAllAsync(Counts, cancellationToken);
        }
        catch (ToolException exception)
        {
            findings.Add($"not healed: {exception.Message}");
        }

        say(string.Create(CultureInfo.InvariantCulture, $"{clock.Elapsed.TotalSeconds,6:0.0} s  everything is healed; the load ends"));
        await end.CancelAsync();
        var settling = Stopwatch.StartNew();
        giveUp.CancelAfter(RestAtMost);
        await load;
        await using var dataSource = NpgsqlDataSource.Create(run.AuditorKeywords());
        if (!await ComesToRestAsync(client, crowd, dataSource, giveUp.Token, cancellationToken)) findings.Add($"not at rest {RestAtMost.TotalSeconds:0} s after the load ended");
        double settledAfter = Math.Round(settling.Elapsed.TotalSeconds, 1);

        IReadOnlyList<JournalEntry> journal = client.Journal;
        Guid[] accepted = [.. journal.Where(entry => entry.IsAccepted).SelectMany(entry => entry.RequestIds)];
        AuditReport audit = await AuditRunner.RunAsync(dataSource, accepted, AuditRunner.SettleAtMost, cancellationToken);
        findings.AddRange(await FindTroubleAsync(dataSource, cancellationToken));
        return new SoakReport
        {
            Seed = seed,
            Minutes = minutes,
            CommandLine = SoakCommand.CommandLineOf(seed, minutes),
            Versions = await StormReport.DescribeVersionsAsync(run, cancellationToken),
            Faults = faults.Results,
            Requests = journal.Count,
            Accepted = journal.Count(entry => entry.IsAccepted),
            Sent = journal.Sum(entry => entry.SendCount),
            ToldToComeAgain = journal.Sum(entry => entry.Answers.Count(answer => answer.SaysLater)),
            ToldToComeAgainSeconds = [.. journal.Select(entry => Math.Round(entry.ToldToComeAgainAfter.TotalSeconds, 3)).Where(seconds => seconds > 0).Order()],
            Silences = journal.Sum(entry => entry.SilenceCount),
            SettledAfterSeconds = settledAfter,
            Journal = JournalCheck.Compare(journal, await StoredOutcomes.ReadAsync(dataSource, crowd.Users, cancellationToken)),
            Findings = findings,
            Audit = SoakReport.FiguresOf(audit),
        };
    }

    /// <summary>Lets offers run out, asks for every outcome, and waits until nothing is in flight. False when that took too long.</summary>
    private static async Task<bool> ComesToRestAsync(
        SoakClient client, SoakCrowd crowd, NpgsqlDataSource dataSource, CancellationToken limit, CancellationToken cancellationToken)
    {
        try
        {
            await crowd.EndOffersAsync(limit);
            foreach (JournalEntry entry in client.Journal) await client.ResolveAsync(entry, limit);
            while (!await IsAtRestAsync(dataSource, limit)) await Task.Delay(PollInterval, limit);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private static async Task<bool> IsAtRestAsync(NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = dataSource.CreateCommand(
            """
            SELECT NOT EXISTS (SELECT FROM outbox)
               AND NOT EXISTS (SELECT FROM activities WHERE vacant_since IS NOT NULL)
               AND NOT EXISTS (SELECT FROM rsvps WHERE status = 'offered')
               AND NOT EXISTS (SELECT FROM promotion_sagas WHERE current_state = 'Passing')
            """);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>What the system itself says that a person must look at.</summary>
    private static async Task<List<string>> FindTroubleAsync(NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        var trouble = new List<string>();
        await using (NpgsqlCommand command = dataSource.CreateCommand("SELECT coalesce(sum(messages), 0)::bigint FROM dead_letter_watch"))
        {
            if (await command.ExecuteScalarAsync(cancellationToken) is long count and > 0) trouble.Add($"{count} dead letters");
        }

        foreach (OpenViolations open in await new AuditLedger(dataSource).ReadOpenAsync(cancellationToken))
        {
            trouble.Add($"the running system found {open.Invariant}: {open.Found[0]}");
        }

        return trouble;
    }
}
