using System.Diagnostics;
using Npgsql;
using Rsvp.Cli.Instances;
using Rsvp.Worker.Audit;

namespace Rsvp.Cli.Audit;

/// <summary>Lets the system come to rest, then runs the auditor strictly.</summary>
internal static class AuditRunner
{
    /// <summary>How long a promotion or an event may still be under way. What is longer is a finding, not a reason to wait.</summary>
    internal static readonly TimeSpan SettleAtMost = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(200);

    internal static async Task<AuditReport> RunAsync(
        RunFile run, IReadOnlyCollection<Guid> journal, TimeSpan settleAtMost, CancellationToken cancellationToken)
    {
        await using var dataSource = NpgsqlDataSource.Create(run.AuditorKeywords());
        await SettleAsync(dataSource, settleAtMost, cancellationToken);
        return await new Auditor(dataSource).RunAsync(new AuditOptions { IsQuiescent = true, Journal = journal }, cancellationToken);
    }

    /// <summary>What the audit inside the system has found and not seen mended.</summary>
    internal static async Task<IReadOnlyList<OpenViolations>> ReadOpenAsync(RunFile run, CancellationToken cancellationToken)
    {
        await using var dataSource = NpgsqlDataSource.Create(run.AuditorKeywords());
        return await new AuditLedger(dataSource).ReadOpenAsync(cancellationToken);
    }

    /// <summary>Waits until no seat waits for a pass and no event for the broker, or the time is up.</summary>
    internal static async Task SettleAsync(NpgsqlDataSource dataSource, TimeSpan atMost, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < atMost && !await IsAtRestAsync(dataSource, cancellationToken))
        {
            await Task.Delay(PollInterval, cancellationToken);
        }
    }

    private static async Task<bool> IsAtRestAsync(NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = dataSource.CreateCommand(
            """
            SELECT NOT EXISTS (SELECT FROM outbox)
               AND NOT EXISTS (
                   SELECT FROM activities
                   WHERE  vacant_since IS NOT NULL
                     AND  cancelled_at IS NULL
                     AND  now() < starts_at - make_interval(mins => promotion_cutoff_minutes))
            """);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
