using Npgsql;
using NpgsqlTypes;

namespace Rsvp.Worker.Audit;

/// <summary>Something that must always be true.</summary>
/// <param name="id"><c>I1</c> to <c>I8</c>.</param>
/// <param name="statement">What must hold, in a few words.</param>
internal abstract class Invariant(string id, string statement)
{
    /// <summary>Violations that are listed with their details; enough to see a pattern, and a report that can be read.</summary>
    public const int ListedMax = 50;

    /// <summary>The longest that one statement may take; at a million log rows on two slow cores the longest takes 15 s.</summary>
    public const int StatementSecondsMax = 600;

    public string Id { get; } = id;

    public string Statement { get; } = statement;

    /// <summary>Checks it.</summary>
    /// <param name="connection">Inside the audit's transaction.</param>
    /// <param name="options">What is known besides the database.</param>
    /// <param name="cancellationToken">Ends the check.</param>
    public abstract Task<InvariantResult> CheckAsync(NpgsqlConnection connection, AuditOptions options, CancellationToken cancellationToken);

    /// <summary>A query over all activities, or over those that the options name.</summary>
    /// <param name="connection">Inside the audit's transaction.</param>
    /// <param name="select">Begins with <c>SELECT</c>. Parameters: <c>@quiescent</c>, <c>@vacancy_at_most</c>, <c>@journal</c>.</param>
    /// <param name="options">What is known besides the database.</param>
    protected static NpgsqlCommand CreateCommand(NpgsqlConnection connection, string select, AuditOptions options)
    {
        var command = new NpgsqlCommand(select, connection) { CommandTimeout = StatementSecondsMax };
        command.Parameters.AddWithValue("quiescent", options.IsQuiescent);
        command.Parameters.AddWithValue("vacancy_at_most", NpgsqlDbType.Interval, (object?)options.VacancyAtMost ?? DBNull.Value);
        command.Parameters.AddWithValue("journal", NpgsqlDbType.Array | NpgsqlDbType.Uuid, options.Journal.ToArray());
        if (options.Activities is { } activities)
        {
            command.CommandText = AuditScope.With + select;
            command.Parameters.AddWithValue("activities", NpgsqlDbType.Array | NpgsqlDbType.Uuid, activities.ToArray());
        }

        return command;
    }
}

/// <summary>An invariant that SQL alone can check.</summary>
/// <param name="id"><c>I1</c> to <c>I8</c>.</param>
/// <param name="statement">What must hold, in a few words.</param>
/// <param name="rowsSql">Counts the rows checked.</param>
/// <param name="violationsSql">
/// Returns a row per violation: activity_id, rsvp_id, what. Parameters: <c>@quiescent</c>, <c>@vacancy_at_most</c>, <c>@journal</c>.
/// </param>
internal sealed class SqlInvariant(string id, string statement, string rowsSql, string violationsSql) : Invariant(id, statement)
{
    /// <summary>The query for violations as it is run, but for its frame.</summary>
    public string ViolationsSql => violationsSql;

    public override async Task<InvariantResult> CheckAsync(NpgsqlConnection connection, AuditOptions options, CancellationToken cancellationToken)
    {
        await using var count = CreateCommand(connection, rowsSql, options);
        var rowsChecked = (long)(await count.ExecuteScalarAsync(cancellationToken))!;

        await using var command = CreateCommand(
            connection,
            $"""
            SELECT activity_id, rsvp_id, what, count(*) OVER ()
            FROM   ({violationsSql}) AS found (activity_id, rsvp_id, what)
            ORDER  BY activity_id, rsvp_id
            LIMIT  {ListedMax}
            """,
            options);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var violations = new List<Violation>();
        var violationCount = 0L;
        while (await row.ReadAsync(cancellationToken))
        {
            violations.Add(new Violation(
                row.IsDBNull(0) ? null : row.GetGuid(0), row.IsDBNull(1) ? null : row.GetGuid(1), row.GetString(2)));
            violationCount = row.GetInt64(3);
        }

        return new InvariantResult(Id, Statement, rowsChecked, violationCount, violations);
    }
}
