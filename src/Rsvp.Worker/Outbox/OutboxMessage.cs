using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Rsvp.Hosting.Json;

namespace Rsvp.Worker.Outbox;

/// <summary>A message that a transaction leaves for others; published after the commit, deleted when the broker confirmed it.</summary>
/// <param name="Id">Its row.</param>
/// <param name="Message">One of the messages in Rsvp.Contracts.</param>
internal sealed record OutboxMessage(Guid Id, object Message)
{
    private static readonly Dictionary<string, JsonTypeInfo> Types = new JsonTypeInfo[]
    {
        ContractJson.Default.ActivityChanged,
        ContractJson.Default.VacancyOpened,
        ContractJson.Default.NotificationsIssued,
        ContractJson.Default.PassCompleted,
        ContractJson.Default.PassOverdue,
        ContractJson.Default.CommandBatch,
    }.ToDictionary(type => type.Type.Name);

    /// <summary>The kinds of rows that hold their message and that this build knows.</summary>
    public static IReadOnlyCollection<string> Kinds => Types.Keys;

    /// <summary>The first and the last row of the activity's decision log that the message tells of, when it tells of nothing else; null: the row holds the message itself.</summary>
    public (long First, long Last)? Log { get; init; }

    public string Kind => Log is null ? Message.GetType().Name : Message.GetType().Name + ClaimCheck.KindSuffix;

    public string ToJson() => Log is { } rows
        ? ClaimCheck.Of(Message, rows).ToJson()
        : JsonSerializer.Serialize(Message, Types.GetValueOrDefault(Kind) ?? throw new InvalidOperationException($"{Kind} is no message of the outbox."));

    /// <summary>Reads a row that holds its message; null when this build does not know the kind (another build will), or it is one of a <see cref="ClaimCheck"/>.</summary>
    public static OutboxMessage? FromRow(Guid id, string kind, string json) =>
        Types.TryGetValue(kind, out var type) && JsonSerializer.Deserialize(json, type) is { } message ? new OutboxMessage(id, message) : null;
}
