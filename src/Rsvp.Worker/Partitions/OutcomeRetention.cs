using Npgsql;
using Quartz;
using Rsvp.Worker.Retention;

namespace Rsvp.Worker.Partitions;

/// <summary>Forgets outcomes after 30 days. No command can come again by then: one that reaches the worker after 7 days is not applied.</summary>
/// <param name="dataSource">The worker's database.</param>
[DisallowConcurrentExecution]
internal sealed class OutcomeRetention(NpgsqlDataSource dataSource) : IJob
{
    private const string ForgetSql =
        """
        DELETE FROM rsvp_requests
        WHERE  ctid = ANY (ARRAY(SELECT ctid FROM rsvp_requests WHERE completed_at < now() - interval '30 days' LIMIT $1))
        """;

    /// <summary>How often it looks.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    /// <inheritdoc/>
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) => await ForgetAsync(cancellationToken);

    /// <summary>Looks once.</summary>
    /// <returns>How many outcomes were forgotten.</returns>
    public async Task<int> ForgetAsync(CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        return await DataRetention.ForgetAsync(connection, ForgetSql, cancellationToken);
    }
}
