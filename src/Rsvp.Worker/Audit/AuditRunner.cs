using System.Diagnostics;
using Npgsql;

namespace Rsvp.Worker.Audit;

/// <summary>Lets the system come to rest, then runs the auditor strictly.</summary>
internal static class AuditRunner
{
    /// <summary>How long a promotion or an event may still be under way. What is longer is a finding, not a reason to wait.</summary>
    public static readonly TimeSpan SettleAtMost = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(200);

    public static async Task<AuditReport> RunAsync(
        NpgsqlDataSource dataSource, IReadOnlyCollection<Guid> journal, TimeSpan settleAtMost, CancellationToken cancellationToken)
    {
        await SettleAsync(dataSource, settleAtMost, cancellationToken);
        return await new Auditor(dataSource).RunAsync(new AuditOptions { IsQuiescent = true, Journal = journal }, cancellationToken);
    }

    /// <summary>Waits until no seat waits for a pass and no event for the broker, or the time is up.</summary>
    /// <returns>Whether it is so.</returns>
    public static async Task<bool> SettleAsync(NpgsqlDataSource dataSource, TimeSpan atMost, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        while (!await IsAtRestAsync(dataSource, cancellationToken))
        {
            if (clock.Elapsed >= atMost)
            {
                return false;
            }

            await Task.Delay(PollInterval, cancellationToken);
        }

        return true;
    }

    private static async Task<bool> IsAtRestAsync(NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
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
