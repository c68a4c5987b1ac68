using System.Diagnostics.Metrics;
using Npgsql;
using Quartz;
using Rsvp.Contracts;
using Rsvp.Worker.Outbox;

namespace Rsvp.Worker.Promotion;

/// <summary>The safety net: seats free for the line for longer than a promotion takes, and no pass under way. Raises an alarm when it finds work.</summary>
[DisallowConcurrentExecution]
internal sealed partial class StrandedSeats : IJob
{
    // Ten times what a promotion takes at worst; sooner it would only repeat what is under way.
    private const string FindSql =
        """
        SELECT a.activity_id, a.version
        FROM   activities a
        WHERE  a.vacant_since < now() - interval '5 seconds'
          AND  NOT EXISTS (SELECT FROM deadlines d WHERE d.activity_id = a.activity_id AND d.kind = 'pass_answer')
        ORDER  BY a.vacant_since
        LIMIT  500
        """;

    /// <summary>How often it looks.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly NpgsqlDataSource _dataSource;
    private readonly OutboxDispatcher _dispatcher;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger<StrandedSeats> _logger;
    private readonly Counter<long> _found;

    public StrandedSeats(
        NpgsqlDataSource dataSource, OutboxDispatcher dispatcher, TimeProvider timeProvider, IMeterFactory meters, ILogger<StrandedSeats> logger)
    {
        _dataSource = dataSource;
        _dispatcher = dispatcher;
        _timeProvider = timeProvider;
        _logger = logger;
        _found = meters.Create("Rsvp").CreateCounter<long>("rsvp.stranded_seats", "{activity}", "Vacancies that nobody served until the sweep found them.");
    }

    /// <inheritdoc/>
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) => await SweepAsync(cancellationToken);

    /// <summary>Looks once, and announces every stranded vacancy again.</summary>
    /// <returns>How many were found.</returns>
    public async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        var messages = new List<OutboxMessage>();
        await using var connection = await _dataSource.OpenConnectionAsync(cancellationToken);
        await using (var find = new NpgsqlCommand(FindSql, connection))
        {
            await using var row = await find.ExecuteReaderAsync(cancellationToken);
            while (await row.ReadAsync(cancellationToken))
            {
                var opened = new VacancyOpened { ActivityId = row.GetGuid(0), Version = row.GetInt64(1) };
                messages.Add(new OutboxMessage(Guid.CreateVersion7(_timeProvider.GetUtcNow()), opened));
                LogStranded(opened.ActivityId, opened.Version);
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

    [LoggerMessage(3501, LogLevel.Error, "Seats of activity {ActivityId} were stranded at version {Version}; their vacancy is announced again")]
    private partial void LogStranded(Guid activityId, long version);
}
