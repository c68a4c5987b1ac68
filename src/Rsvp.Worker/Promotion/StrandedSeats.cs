using System.Diagnostics.Metrics;
using Npgsql;
using Quartz;
using Rsvp.Contracts;
using Rsvp.Worker.Outbox;
using Rsvp.Worker.Scheduling;

namespace Rsvp.Worker.Promotion;

/// <summary>Seats free for the line for longer than a promotion takes, and no pass under way: announces the vacancy again.</summary>
/// <param name="dataSource">The worker's database.</param>
/// <param name="dispatcher">Publishes after the commit.</param>
/// <param name="timeProvider">Makes ids only.</param>
/// <param name="meters">Makes the counter.</param>
/// <param name="logger">Where the alarm is raised.</param>
[DisallowConcurrentExecution]
internal sealed partial class StrandedSeats(
    NpgsqlDataSource dataSource, OutboxDispatcher dispatcher, TimeProvider timeProvider, IMeterFactory meters, ILogger<StrandedSeats> logger)
    : SafetyNet(dataSource, dispatcher, meters, "rsvp.stranded_seats", "Vacancies that nobody served until the sweep found them.")
{
    /// <summary>How often it looks.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    // Ten times what a promotion takes at worst; sooner it would only repeat what is under way.
    /// <inheritdoc/>
    protected override string FindSql =>
        """
        SELECT a.activity_id, a.version
        FROM   activities a
        WHERE  a.vacant_since < now() - interval '5 seconds'
          AND  NOT EXISTS (SELECT FROM deadlines d WHERE d.activity_id = a.activity_id AND d.kind = 'pass_answer')
        ORDER  BY a.vacant_since
        LIMIT  500
        """;

    /// <inheritdoc/>
    protected override OutboxMessage SendAgain(NpgsqlDataReader row)
    {
        var opened = new VacancyOpened { ActivityId = row.GetGuid(0), Version = row.GetInt64(1) };
        LogStranded(opened.ActivityId, opened.Version);
        return new OutboxMessage(Guid.CreateVersion7(timeProvider.GetUtcNow()), opened);
    }

    [LoggerMessage(3501, LogLevel.Error, "Seats of activity {ActivityId} were stranded at version {Version}; their vacancy is announced again")]
    private partial void LogStranded(Guid activityId, long version);
}
