using Npgsql;
using Rsvp.Worker.Partitions;

namespace Rsvp.Worker.Outbox;

/// <summary>Puts messages into the transaction that they speak of.</summary>
internal static class OutboxInsert
{
    private const string InsertSql =
        """
        INSERT INTO outbox (outbox_id, kind, payload)
        SELECT * FROM unnest($1, $2, $3)
        """;

    /// <summary>Adds the insert to a batch; nothing when there is nothing to say.</summary>
    public static void Add(NpgsqlBatch batch, IReadOnlyList<OutboxMessage> messages)
    {
        if (messages.Count > 0)
        {
            Sql.Add(
                batch,
                InsertSql,
                messages.Select(message => message.Id).ToArray(),
                messages.Select(message => message.Kind).ToArray(),
                Sql.Json(messages.Select(message => message.ToJson())));
        }
    }
}
