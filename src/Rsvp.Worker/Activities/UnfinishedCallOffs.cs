using System.Diagnostics.Metrics;
using Npgsql;
using Quartz;
using Rsvp.Contracts;
using Rsvp.Worker.Outbox;
using Rsvp.Worker.Partitions;

namespace Rsvp.Worker.Activities;

/// <summary>The safety net: activities that were called off, have RSVPs left, and had nothing decided for a while. Goes on with them and raises an alarm.</summary>
[DisallowConcurrentExecution]
internal sealed partial class UnfinishedCallOffs : IJob
{
    // The next chunk follows within milliseconds; this long without one means that it was lost.
    private const string FindSql =
        """
        SELECT a.activity_id, l.actor_id, l.reason
        FROM   activities a
        JOIN   rsvp_analytics last ON last.activity_id = a.activity_id AND last.seq = a.log_seq
        JOIN   LATERAL (
                   SELECT actor_id, reason FROM rsvp_analytics
                   WHERE  activity_id = a.activity_id AND action = 'activity_called_off'
                   ORDER  BY seq DESC
                   LIMIT  1) AS l ON true
        WHERE  a.cancelled_at IS NOT NULL AND a.confirmed_participants + a.offered_participants + a.waitlisted_participants > 0
          AND  last.at < now() - interval '30 seconds'
        LIMIT  100
        """;

    /// <summary>How often it looks.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    private readonly NpgsqlDataSource _dataSource;
    private readonly SystemCommands _commands;
    private readonly OutboxDispatcher _dispatcher;
    private readonly ILogger<UnfinishedCallOffs> _logger;
    private readonly Counter<long> _found;

    public UnfinishedCallOffs(
        NpgsqlDataSource dataSource, SystemCommands commands, OutboxDispatcher dispatcher, IMeterFactory meters, ILogger<UnfinishedCallOffs> logger)
    {
        _dataSource = dataSource;
        _commands = commands;
        _dispatcher = dispatcher;
        _logger = logger;
        _found = meters.Create("Rsvp").CreateCounter<long>("rsvp.unfinished_call_offs", "{activity}", "Activities called off whose RSVPs nobody went on ending until the sweep found them.");
    }

    /// <inheritdoc/>
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) => await SweepAsync(cancellationToken);

    /// <summary>Looks once.</summary>
    /// <returns>How many activities were found.</returns>
    public async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        await using var connection = await _dataSource.OpenConnectionAsync(cancellationToken);
        var messages = new List<OutboxMessage>();
        await using (var find = new NpgsqlCommand(FindSql, connection))
        {
            await using var row = await find.ExecuteReaderAsync(cancellationToken);
            while (await row.ReadAsync(cancellationToken))
            {
                var end = new EndRsvps { HostId = row.GetGuid(1), Reason = row.IsDBNull(2) ? null : row.GetString(2) };
                messages.Add(_commands.Message(row.GetGuid(0), CommandNames.EndRsvps, command => command with { EndRsvps = end }));
                LogUnfinished(row.GetGuid(0));
            }
        }

        if (messages.Count > 0)
        {
            _found.Add(messages.Count);
            await using var batch = new NpgsqlBatch(connection);
            OutboxInsert.Add(batch, messages);
            await batch.ExecuteNonQueryAsync(cancellationToken);
            _dispatcher.Publish(messages);
        }

        return messages.Count;
    }

    [LoggerMessage(3701, LogLevel.Error, "Activity {ActivityId} was called off and nobody went on ending its RSVPs; they are ended now")]
    private partial void LogUnfinished(Guid activityId);
}
