using Npgsql;
using Quartz;
using Rsvp.Contracts;
using Rsvp.Worker.Offers;
using Rsvp.Worker.Outbox;
using Rsvp.Worker.Partitions;

namespace Rsvp.Worker.Deadlines;

/// <summary>Takes what is due by the database's clock and says so. Early, late or repeated firing changes nothing: the row is there or it is not.</summary>
/// <param name="dataSource">The worker's database.</param>
/// <param name="dispatcher">Publishes after the commit.</param>
/// <param name="commands">Makes commands to the partitions.</param>
/// <param name="timeProvider">Makes ids only.</param>
[DisallowConcurrentExecution]
internal sealed class DueDeadlines(NpgsqlDataSource dataSource, OutboxDispatcher dispatcher, SystemCommands commands, TimeProvider timeProvider) : IJob
{
    // More than this at once waits for the next time, half a second later.
    private const int RowsMax = 500;

    private const string TakeSql =
        """
        DELETE FROM deadlines
        WHERE  ctid = ANY (ARRAY(SELECT ctid FROM deadlines WHERE due_at <= now() ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED))
        RETURNING activity_id, kind
        """;

    /// <summary>How often it looks.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <inheritdoc/>
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) => await TakeAsync(cancellationToken);

    /// <summary>Looks once.</summary>
    /// <returns>How many deadlines were taken.</returns>
    public async Task<int> TakeAsync(CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var messages = new List<OutboxMessage>();
        await using (var take = new NpgsqlCommand(TakeSql, connection, transaction))
        {
            take.Parameters.AddWithValue(RowsMax);
            await using var row = await take.ExecuteReaderAsync(cancellationToken);
            while (await row.ReadAsync(cancellationToken))
            {
                messages.Add(MessageFor(row.GetGuid(0), row.GetString(1)));
            }
        }

        if (messages.Count > 0)
        {
            await using var batch = new NpgsqlBatch(connection, transaction);
            OutboxInsert.Add(batch, messages);
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        dispatcher.Publish(messages);
        return messages.Count;
    }

    private OutboxMessage MessageFor(Guid activityId, string kind) => kind switch
    {
        "pass_answer" => new OutboxMessage(Guid.CreateVersion7(timeProvider.GetUtcNow()), new PassOverdue { ActivityId = activityId }),
        OfferDeadlines.Kind => commands.Message(activityId, CommandNames.ExpireOffers, command => command with { ExpireOffers = new ExpireOffers() }),
        _ => throw new InvalidOperationException($"Nobody waits for deadlines of kind {kind}."),
    };
}
