using System.Diagnostics.Metrics;
using Npgsql;
using Quartz;

namespace Rsvp.Worker.Offers;

/// <summary>The safety net: offers that ended long ago and nobody is about to expire. Sets their deadline again and raises an alarm.</summary>
[DisallowConcurrentExecution]
internal sealed partial class OverdueOffers : IJob
{
    // A deadline that was taken is served within a second or so; ten times that means that it was lost.
    private const string RestoreSql =
        """
        INSERT INTO deadlines (activity_id, kind, due_at)
        SELECT r.activity_id, 'offers', now()
        FROM   rsvps r
        WHERE  r.status = 'offered' AND r.offer_expires_at < now() - interval '10 seconds'
          AND  NOT EXISTS (SELECT FROM deadlines d WHERE d.activity_id = r.activity_id AND d.kind = 'offers')
        GROUP  BY r.activity_id
        ON     CONFLICT (activity_id, kind) DO NOTHING
        RETURNING activity_id
        """;

    /// <summary>How often it looks.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly NpgsqlDataSource _dataSource;
    private readonly ILogger<OverdueOffers> _logger;
    private readonly Counter<long> _found;

    public OverdueOffers(NpgsqlDataSource dataSource, IMeterFactory meters, ILogger<OverdueOffers> logger)
    {
        _dataSource = dataSource;
        _logger = logger;
        _found = meters.Create("Rsvp").CreateCounter<long>("rsvp.overdue_offers", "{activity}", "Activities with ended offers that had no deadline until the sweep found them.");
    }

    /// <inheritdoc/>
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) => await SweepAsync(cancellationToken);

    /// <summary>Looks once.</summary>
    /// <returns>How many activities were found.</returns>
    public async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        var found = 0;
        await using var restore = _dataSource.CreateCommand(RestoreSql);
        await using var row = await restore.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            found++;
            LogOverdue(row.GetGuid(0));
        }

        _found.Add(found);
        return found;
    }

    [LoggerMessage(3601, LogLevel.Error, "Offers of activity {ActivityId} ended and nobody expired them; their deadline is set again")]
    private partial void LogOverdue(Guid activityId);
}
