using Npgsql;
using Quartz;

namespace Rsvp.Worker.Retention;

/// <summary>Forgets by age what nobody needs any more, beside outcomes, which have a job of their own. What is decided about seats is never forgotten: activities, RSVPs and the decision log are the record that everything is checked against.</summary>
/// <param name="dataSource">The worker's database.</param>
/// <param name="logger">Where it is said what was forgotten.</param>
[DisallowConcurrentExecution]
internal sealed partial class DataRetention(NpgsqlDataSource dataSource, ILogger<DataRetention> logger) : IJob
{
    // In pieces, each a transaction, so that none takes long.
    private const int RowsMax = 5_000;

    // Two million of a kind at once; more waits for the next time.
    private const int PiecesMax = 400;

    /// <summary>How often it looks.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    /// <summary>What is forgotten, oldest first as far as the tables know. Parameter: the rows of a piece. docs/operations.md says why so late.</summary>
    private static readonly IReadOnlyList<(string Table, string Sql)> Kinds =
    [
        // Their deliveries are gone after 30 days; the log still says what was decided. The audit expects those of 399 days.
        ("notifications",
            """
            DELETE FROM notifications
            WHERE  ctid = ANY (ARRAY(SELECT ctid FROM notifications WHERE created_at < now() - interval '400 days' LIMIT $1))
            """),

        // Of a kind that no build knows any more: the others are sent within seconds, and older commands expire.
        ("outbox",
            """
            DELETE FROM outbox
            WHERE  outbox_id = ANY (ARRAY(SELECT outbox_id FROM outbox WHERE created_at < now() - interval '30 days' LIMIT $1))
            """),

        // Of commands that got no outcome because their messages were dropped.
        ("command_attempts",
            """
            DELETE FROM command_attempts
            WHERE  request_id = ANY (ARRAY(SELECT request_id FROM command_attempts WHERE last_at < now() - interval '30 days' LIMIT $1))
            """),
    ];

    /// <inheritdoc/>
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) => await ForgetAsync(cancellationToken);

    /// <summary>Looks once.</summary>
    /// <returns>How many rows of each table were forgotten.</returns>
    public async Task<IReadOnlyDictionary<string, int>> ForgetAsync(CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        var forgotten = new Dictionary<string, int>();
        foreach (var (table, sql) in Kinds)
        {
            forgotten[table] = await ForgetAsync(connection, sql, cancellationToken);
            if (forgotten[table] > 0)
            {
                LogForgotten(forgotten[table], table);
            }
        }

        return forgotten;
    }

    /// <summary>Deletes in pieces, up to a bound.</summary>
    /// <param name="connection">Outside a transaction.</param>
    /// <param name="sql">Deletes a piece. Parameter: its rows.</param>
    /// <param name="cancellationToken">Ends it between two pieces.</param>
    /// <returns>How many rows were deleted.</returns>
    internal static async Task<int> ForgetAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var forget = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = RowsMax } } };
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

    [LoggerMessage(3421, LogLevel.Information, "{Count} rows of {What} were past their age and are forgotten")]
    private partial void LogForgotten(int count, string what);
}
