using Dapper;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Rsvp.Api.Views;

/// <summary>Writes the views that were counted, every few seconds and once more when the API stops, after its last request.</summary>
internal sealed partial class ViewFlusher(
    ViewCounter views, NpgsqlDataSource database, TimeProvider time, IOptions<ViewOptions> options, ILogger<ViewFlusher> logger) : BackgroundService
{
    // One statement of about 400 KB.
    private const int ViewsPerWrite = 10_000;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await FlushAsync(cancellationToken);
    }

    /// <summary>Writes what there is now. What the database does not take waits for the next time.</summary>
    internal async Task FlushAsync(CancellationToken cancellationToken)
    {
        while (views.Take(ViewsPerWrite) is { Count: > 0 } taken)
        {
            try
            {
                await WriteAsync(taken, cancellationToken);
            }
            catch (Exception failure) when (failure is NpgsqlException or TimeoutException or OperationCanceledException)
            {
                foreach (var view in taken)
                {
                    views.Note(view);
                }

                LogNotWritten(taken.Count, failure.Message);
                return;
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.FlushInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await FlushAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The rest is written by StopAsync.
        }
    }

    private async Task WriteAsync(IReadOnlyList<ActivityView> taken, CancellationToken cancellationToken)
    {
        // In the order of the key, so that two instances never wait for each other in a circle. A deleted user is not seen any more.
        const string Sql =
            """
            INSERT INTO activity_views (activity_id, day, user_id)
            SELECT seen.activity_id, seen.day, seen.user_id
            FROM   unnest(@activityIds, @days, @userIds) AS seen (activity_id, day, user_id)
            WHERE  NOT EXISTS (SELECT FROM users u WHERE u.user_id = seen.user_id AND u.deleted_at IS NOT NULL)
            ORDER  BY seen.activity_id, seen.day, seen.user_id
            ON     CONFLICT DO NOTHING
            """;
        var values = new
        {
            activityIds = taken.Select(view => view.ActivityId).ToArray(),
            days = taken.Select(view => view.Day).ToArray(),
            userIds = taken.Select(view => view.UserId).ToArray(),
        };
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(Sql, values, cancellationToken: cancellationToken));
    }

    [LoggerMessage(3901, LogLevel.Warning, "{ViewCount} views were not written and wait: {Reason}")]
    private partial void LogNotWritten(int viewCount, string reason);
}
