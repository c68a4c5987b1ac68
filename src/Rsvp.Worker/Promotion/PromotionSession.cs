using Npgsql;
using Rsvp.Worker.Outbox;
using Rsvp.Worker.Partitions;

namespace Rsvp.Worker.Promotion;

/// <summary>One event's transaction.</summary>
internal sealed class PromotionSession : IAsyncDisposable
{
    private const string LoadSql =
        "SELECT current_state, vacancy_version, pass_number FROM promotion_sagas WHERE activity_id = $1 FOR UPDATE";

    // Two workers may meet a new activity at once: the second one fails here and is run again.
    private const string InsertSql =
        "INSERT INTO promotion_sagas (activity_id, current_state, vacancy_version, pass_number) VALUES ($1, $2, $3, $4)";

    private const string UpdateSql =
        "UPDATE promotion_sagas SET current_state = $2, vacancy_version = $3, pass_number = $4 WHERE activity_id = $1";

    private const string AwaitAnswerSql =
        """
        INSERT INTO deadlines (activity_id, kind, due_at) VALUES ($1, 'pass_answer', now() + $2)
        ON CONFLICT (activity_id, kind) DO UPDATE SET due_at = excluded.due_at
        """;

    private const string ForgetAnswerSql = "DELETE FROM deadlines WHERE activity_id = $1 AND kind = 'pass_answer'";

    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlTransaction _transaction;
    private PromotionState? _saga;
    private bool _isNew;

    private PromotionSession(NpgsqlConnection connection, NpgsqlTransaction transaction)
    {
        _connection = connection;
        _transaction = transaction;
    }

    public static async Task<PromotionSession> BeginAsync(NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        return new PromotionSession(connection, await connection.BeginTransactionAsync(cancellationToken));
    }

    /// <summary>Reads and locks an instance; null when there is none.</summary>
    public async Task<PromotionState?> LoadAsync(Guid activityId, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(LoadSql, _connection, _transaction);
        command.Parameters.AddWithValue(activityId);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return !await row.ReadAsync(cancellationToken)
            ? null
            : new PromotionState
            {
                CorrelationId = activityId,
                CurrentState = row.GetString(0),
                VacancyVersion = row.GetInt64(1),
                PassNumber = row.GetInt64(2),
            };
    }

    /// <summary>Notes what the commit is to write.</summary>
    public void Keep(PromotionState saga, bool isNew)
    {
        _saga = saga;
        _isNew = isNew;
    }

    /// <summary>Writes the instance, the deadline of the answer and the commands, and commits.</summary>
    public async Task CommitAsync(PassRequests requests, CancellationToken cancellationToken)
    {
        if (_saga is PromotionState saga)
        {
            await using var batch = new NpgsqlBatch(_connection, _transaction);
            Sql.Add(batch, _isNew ? InsertSql : UpdateSql, saga.CorrelationId, saga.CurrentState, saga.VacancyVersion, saga.PassNumber);
            if (requests.AwaitsAnswer is true)
            {
                Sql.Add(batch, AwaitAnswerSql, saga.CorrelationId, PassRequests.AnswerTimeout);
            }
            else if (requests.AwaitsAnswer is false)
            {
                Sql.Add(batch, ForgetAnswerSql, saga.CorrelationId);
            }

            OutboxInsert.Add(batch, requests.Messages);
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }

        await _transaction.CommitAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _transaction.DisposeAsync();
        await _connection.DisposeAsync();
    }
}
