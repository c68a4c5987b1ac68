using Npgsql;
using Quartz;

namespace Rsvp.Worker.Partitions;

/// <summary>Forgets outcomes after 30 days. No command can come again by then: one that reaches the worker after 7 days is not applied.</summary>
/// <param name="dataSource">The worker's database.</param>
[DisallowConcurrentExecution]
internal sealed class OutcomeRetention(NpgsqlDataSource dataSource) : IJob
{
    // In pieces, each a transaction, so that none takes long.
    private const int RowsMax = 5_000;

    // Two million at once; more waits for the next time.
    private const int PiecesMax = 400;

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
        await using var forget = new NpgsqlCommand(ForgetSql, connection) { Parameters = { new() { Value = RowsMax } } };
        var forgotten = 0;
        for (var piece = 0; piece < PiecesMax; piece++)
        {
            var rows = await forget.ExecuteNonQueryAsync(cancellationToken);
            forgotten += rows;
            if (rows < RowsMax)
            {
                break;
            }
        }

        return forgotten;
    }
}
