using System.Text.Json;
using Rsvp.Contracts;
using Rsvp.Hosting.Json;

namespace Rsvp.Worker.Outbox;

/// <summary>A message that a transaction leaves for others; published after the commit, deleted when the broker confirmed it.</summary>
/// <param name="Id">Its row.</param>
/// <param name="Message">One of the messages in Rsvp.Contracts.</param>
internal sealed record OutboxMessage(Guid Id, object Message)
{
    /// <summary>The first and the last row of the activity's decision log that the message tells of, when it tells of nothing else; null: the row holds the message itself.</summary>
    public (long First, long Last)? Log { get; init; }

    /// <summary>The kinds of rows that hold their message and that this build knows.</summary>
    public static IReadOnlyList<string> Kinds { get; } =
        [nameof(ActivityChanged), nameof(VacancyOpened), nameof(NotificationsIssued), nameof(PassCompleted), nameof(PassOverdue), nameof(CommandBatch)];

    public string Kind => Log is null ? Message.GetType().Name : Message.GetType().Name + ClaimCheck.KindSuffix;

    public string ToJson() => Log is { } rows ? ClaimCheck.Of(Message, rows).ToJson() : Message switch
    {
        ActivityChanged changed => JsonSerializer.Serialize(changed, OutcomeJson.Default.ActivityChanged),
        VacancyOpened opened => JsonSerializer.Serialize(opened, OutcomeJson.Default.VacancyOpened),
        NotificationsIssued issued => JsonSerializer.Serialize(issued, OutcomeJson.Default.NotificationsIssued),
        PassCompleted completed => JsonSerializer.Serialize(completed, OutcomeJson.Default.PassCompleted),
        PassOverdue overdue => JsonSerializer.Serialize(overdue, OutcomeJson.Default.PassOverdue),
        CommandBatch batch => JsonSerializer.Serialize(batch, OutcomeJson.Default.CommandBatch),
        _ => throw new InvalidOperationException($"{Kind} is no message of the outbox."),
    };

    /// <summary>Reads a row that holds its message; null when this build does not know the kind (another build will), or it is one of a <see cref="ClaimCheck"/>.</summary>
    public static OutboxMessage? FromRow(Guid id, string kind, string json)
    {
        object? message = kind switch
        {
            nameof(ActivityChanged) => JsonSerializer.Deserialize(json, OutcomeJson.Default.ActivityChanged),
            nameof(VacancyOpened) => JsonSerializer.Deserialize(json, OutcomeJson.Default.VacancyOpened),
            nameof(NotificationsIssued) => JsonSerializer.Deserialize(json, OutcomeJson.Default.NotificationsIssued),
            nameof(PassCompleted) => JsonSerializer.Deserialize(json, OutcomeJson.Default.PassCompleted),
            nameof(PassOverdue) => JsonSerializer.Deserialize(json, OutcomeJson.Default.PassOverdue),
            nameof(CommandBatch) => JsonSerializer.Deserialize(json, OutcomeJson.Default.CommandBatch),
            _ => null,
        };
        return message is null ? null : new OutboxMessage(id, message);
    }
}
