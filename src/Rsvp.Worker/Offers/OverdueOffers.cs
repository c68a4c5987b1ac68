using System.Diagnostics.Metrics;
using Npgsql;
using Quartz;
using Rsvp.Contracts;
using Rsvp.Worker.Outbox;
using Rsvp.Worker.Partitions;
using Rsvp.Worker.Scheduling;

namespace Rsvp.Worker.Offers;

/// <summary>Offers that ended long ago and whose deadline is gone: has them expired.</summary>
/// <param name="dataSource">The worker's database.</param>
/// <param name="commands">Makes the commands.</param>
/// <param name="dispatcher">Publishes after the commit.</param>
/// <param name="meters">Makes the counter.</param>
/// <param name="logger">Where the alarm is raised.</param>
[DisallowConcurrentExecution]
internal sealed partial class OverdueOffers(
    NpgsqlDataSource dataSource, SystemCommands commands, OutboxDispatcher dispatcher, IMeterFactory meters, ILogger<OverdueOffers> logger)
    : SafetyNet(dataSource, dispatcher, meters, "rsvp.overdue_offers", "Activities with ended offers that had no deadline until the sweep found them.")
{
    /// <summary>How often it looks.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    // A deadline that was taken is served within a second or so; ten times that means that it was lost.
    /// <inheritdoc/>
    protected override string FindSql =>
        """
        SELECT r.activity_id
        FROM   rsvps r
        WHERE  r.status = 'offered' AND r.offer_expires_at < now() - interval '10 seconds'
          AND  NOT EXISTS (SELECT FROM deadlines d WHERE d.activity_id = r.activity_id AND d.kind = 'offers')
        GROUP  BY r.activity_id
        LIMIT  500
        """;

    /// <inheritdoc/>
    protected override OutboxMessage SendAgain(NpgsqlDataReader row)
    {
        var activityId = row.GetGuid(0);
        LogOverdue(activityId);
        return commands.Message(activityId, CommandNames.ExpireOffers, command => command with { ExpireOffers = new ExpireOffers() });
    }

    [LoggerMessage(3601, LogLevel.Error, "Offers of activity {ActivityId} ended and nobody expired them; they are expired now")]
    private partial void LogOverdue(Guid activityId);
}
