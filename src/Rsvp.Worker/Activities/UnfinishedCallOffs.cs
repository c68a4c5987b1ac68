using System.Diagnostics.Metrics;
using Npgsql;
using Quartz;
using Rsvp.Contracts;
using Rsvp.Worker.Outbox;
using Rsvp.Worker.Partitions;
using Rsvp.Worker.Scheduling;

namespace Rsvp.Worker.Activities;

/// <summary>Activities that were called off, have RSVPs left, and had nothing decided for a while: goes on with ending them.</summary>
/// <param name="dataSource">The worker's database.</param>
/// <param name="commands">Makes the commands.</param>
/// <param name="dispatcher">Publishes after the commit.</param>
/// <param name="meters">Makes the counter.</param>
/// <param name="logger">Where the alarm is raised.</param>
[DisallowConcurrentExecution]
internal sealed partial class UnfinishedCallOffs(
    NpgsqlDataSource dataSource, SystemCommands commands, OutboxDispatcher dispatcher, IMeterFactory meters, ILogger<UnfinishedCallOffs> logger)
    : SafetyNet(dataSource, dispatcher, meters, "rsvp.unfinished_call_offs", "Activities called off whose RSVPs nobody went on ending until the sweep found them.")
{
    /// <summary>How often it looks.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    // The next chunk follows within milliseconds; this long without one means that it was lost. A month is longer than anything is away, and keeps the look short
    // however many activities were called off in years: no index can leave out those that are finished (0013_years.sql).
    /// <inheritdoc/>
    protected override string FindSql =>
        """
        SELECT a.activity_id, l.actor_id, l.reason
        FROM   activities a
        JOIN   rsvp_analytics last ON last.activity_id = a.activity_id AND last.seq = a.log_seq
        JOIN   LATERAL (
                   SELECT actor_id, reason FROM rsvp_analytics
                   WHERE  activity_id = a.activity_id AND action = 'activity_called_off'
                   ORDER  BY seq DESC
                   LIMIT  1) AS l ON true
        WHERE  a.cancelled_at > now() - interval '30 days' AND a.confirmed_participants + a.offered_participants + a.waitlisted_participants > 0
          AND  last.at < now() - interval '30 seconds'
        LIMIT  100
        """;

    /// <inheritdoc/>
    protected override OutboxMessage SendAgain(NpgsqlDataReader row)
    {
        var end = new EndRsvps { HostId = row.GetGuid(1), Reason = row.IsDBNull(2) ? null : row.GetString(2) };
        LogUnfinished(row.GetGuid(0));
        return commands.Message(row.GetGuid(0), CommandNames.EndRsvps, command => command with { EndRsvps = end });
    }

    [LoggerMessage(3701, LogLevel.Error, "Activity {ActivityId} was called off and nobody went on ending its RSVPs; they are ended now")]
    private partial void LogUnfinished(Guid activityId);
}
