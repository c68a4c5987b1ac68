using System.Text.Json;
using System.Text.Json.Serialization;
using Npgsql;
using Rsvp.Contracts;
using Rsvp.Hosting.Json;
using Rsvp.Worker.Decisions;

namespace Rsvp.Worker.Partitions;

/// <summary>Writes what is remembered of a batch: outcomes, the decision log, notifications. Inserts only.</summary>
internal static class BatchRecords
{
    private const string InsertOutcomesSql =
        """
        INSERT INTO rsvp_requests (request_id, key_id, user_id, activity_id, command, status, code, outcome, submitted_at, completed_at)
        SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        """;

    private const string InsertLogSql =
        """
        INSERT INTO rsvp_analytics (
            log_id, activity_id, seq, rsvp_id, user_id, request_id, action, previous_status, new_status, rsvp_version, spots, spots_affected,
            free_before, rule, code, actor, actor_id, line_key, place_id, reason, metadata, at)
        SELECT logged.*, $22
        FROM   unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21) AS logged
        """;

    private const string InsertNotificationsSql =
        """
        INSERT INTO notifications (log_id, user_id, activity_id, rsvp_id, kind, created_at)
        SELECT heard.*, $6 FROM unnest($1, $2, $3, $4, $5) AS heard
        """;

    private const string ForgetAttemptsSql = "DELETE FROM command_attempts WHERE request_id = ANY($1)";

    /// <summary>Adds the outcomes of the commands that were decided now.</summary>
    public static void AddOutcomes(NpgsqlBatch batch, IReadOnlyList<DecidedCommand> decided, bool forgetAttempts)
    {
        DecidedCommand[] rows = [.. decided.Where(one => one.IsNew && one.Command.Caller.UserId != Guid.Empty)];
        if (rows.Length > 0)
        {
            Sql.Add(
                batch,
                InsertOutcomesSql,
                Of(rows, one => one.Command.RequestId), Of(rows, one => one.KeyId), Of(rows, one => one.Command.Caller.UserId),
                Of(rows, one => one.Command.ActivityId), Of(rows, one => one.Command.Name),
                Of(rows, one => one.Outcome.Problem is null ? "completed" : "rejected"), Of(rows, one => one.Outcome.Problem?.Code),
                Sql.Json(rows.Select(one => JsonSerializer.Serialize(one.Outcome, ContractJson.Default.CommandOutcome))),
                Of(rows, one => one.Outcome.SubmittedAt), Of(rows, one => one.Outcome.CompletedAt));
        }

        if (forgetAttempts)
        {
            ForgetAttempts(batch, decided);
        }
    }

    /// <summary>Forgets how often the commands were tried, now that they have their outcomes.</summary>
    public static void ForgetAttempts(NpgsqlBatch batch, IReadOnlyList<DecidedCommand> decided) =>
        Sql.Add(batch, ForgetAttemptsSql, Of([.. decided], one => one.Command.RequestId));

    /// <summary>Adds the rows of the decision log, and a notification for each that its person should hear of.</summary>
    public static void AddLog(NpgsqlBatch batch, WorkingSet state)
    {
        var rows = state.Log.ToArray();
        if (rows.Length == 0)
        {
            return;
        }

        Sql.Add(
            batch,
            InsertLogSql,
            Of(rows, r => r.LogId), Of(rows, r => r.ActivityId), Of(rows, r => r.Entry.Seq), Of(rows, r => r.Entry.After?.Id),
            Of(rows, r => r.Entry.UserId), Of(rows, r => r.RequestId), Of(rows, r => r.Entry.Action),
            Of(rows, r => r.Entry.Before is RsvpState before ? OutcomeBuilder.StatusName(before.Status) : null),
            Of(rows, r => r.Entry.After is RsvpState after ? OutcomeBuilder.StatusName(after.Status) : null),
            Of(rows, r => r.Entry.After?.Version), Of(rows, r => r.Entry.Spots), Of(rows, r => r.Entry.SpotsAffected),
            Of(rows, r => r.Entry.FreeBefore), Of(rows, r => r.Entry.Rule), Of(rows, r => r.Entry.Code), Of(rows, r => r.Entry.Actor.Kind),
            Of(rows, r => r.Entry.Actor.UserId), Of(rows, r => r.Entry.LineKey), Of(rows, r => r.Entry.After?.PlaceId),
            Of(rows, r => r.Entry.Reason), Sql.Jsonb(rows.Select(r => Metadata(r.Entry))), state.Now);

        var heard = Array.FindAll(rows, r => r.Entry.IsHeard);
        if (heard.Length > 0)
        {
            Sql.Add(
                batch,
                InsertNotificationsSql,
                Of(heard, r => r.LogId), Of(heard, r => r.Entry.UserId), Of(heard, r => r.ActivityId), Of(heard, r => r.Entry.After!.Id),
                Of(heard, r => r.Entry.Action), state.Now);
        }
    }

    private static string? Metadata(LogEntry entry) => entry switch
    {
        { Settings: { } settings } => JsonSerializer.Serialize(settings, LogJson.Default.ActivitySettings),
        { Overtook: { } overtook } => JsonSerializer.Serialize(new LetInMetadata(overtook), LogJson.Default.LetInMetadata),
        _ => null,
    };

    private static T[] Of<TRow, T>(TRow[] rows, Func<TRow, T> column) => Array.ConvertAll(rows, row => column(row));
}

/// <summary>The JSON of the log's metadata: camelCase, nulls present, because null is a value of a setting.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ActivitySettings))]
[JsonSerializable(typeof(LetInMetadata))]
internal sealed partial class LogJson : JsonSerializerContext;

/// <summary>What the log adds about a place that was let in.</summary>
/// <param name="Overtook">Places ahead that were left behind.</param>
internal sealed record LetInMetadata(int Overtook);
