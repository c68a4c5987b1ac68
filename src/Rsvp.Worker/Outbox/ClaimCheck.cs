using System.Text.Json;
using System.Text.Json.Serialization;
using Rsvp.Contracts;

namespace Rsvp.Worker.Outbox;

/// <summary>What the outbox keeps of a message that tells of rows of the decision log: which, and what these do not say.</summary>
/// <remarks>
/// The claim check of Hohpe and Woolf, <em>Enterprise Integration Patterns</em>. The rows are written by the same transaction, so to keep the message as well would store everything twice,
/// and only a crash before the broker confirms makes anybody read it; then <see cref="ClaimReading"/> makes it again.
/// </remarks>
internal sealed record ClaimCheck
{
    /// <summary>What the kinds of such rows end in: a build that does not know them leaves them to one that does.</summary>
    internal const string KindSuffix = "/log";

    /// <summary>The activity.</summary>
    public required Guid ActivityId { get; init; }

    /// <summary>The first row of its decision log.</summary>
    public required long FirstSeq { get; init; }

    /// <summary>The last one.</summary>
    public required long LastSeq { get; init; }

    /// <summary>When it was decided, UTC.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Until when offers stood that it told of, by the id of the log's row; null when there were none.</summary>
    public IReadOnlyDictionary<Guid, DateTimeOffset>? OfferExpirations { get; init; }

    /// <summary><see cref="ActivityChanged.HostsChanged"/>.</summary>
    public bool HostsChanged { get; init; }

    /// <summary><see cref="ActivityChanged.TraceParent"/>.</summary>
    public string? TraceParent { get; init; }

    /// <summary>Of a message and the rows that it tells of.</summary>
    /// <param name="message">An <see cref="ActivityChanged"/> or a <see cref="NotificationsIssued"/>.</param>
    /// <param name="rows">The first and the last.</param>
    public static ClaimCheck Of(object message, (long First, long Last) rows) => message switch
    {
        ActivityChanged changed => new ClaimCheck
        {
            ActivityId = changed.ActivityId,
            FirstSeq = rows.First,
            LastSeq = rows.Last,
            At = changed.At,
            HostsChanged = changed.HostsChanged,
            TraceParent = changed.TraceParent,
        },
        NotificationsIssued issued => new ClaimCheck
        {
            ActivityId = issued.ActivityId,
            FirstSeq = rows.First,
            LastSeq = rows.Last,
            At = issued.At,
            OfferExpirations = Expirations(issued),
        },
        _ => throw new InvalidOperationException($"{message.GetType().Name} does not tell of the log."),
    };

    public static ClaimCheck FromJson(string json) => JsonSerializer.Deserialize(json, ClaimJson.Default.ClaimCheck)!;

    public string ToJson() => JsonSerializer.Serialize(this, ClaimJson.Default.ClaimCheck);

    private static Dictionary<Guid, DateTimeOffset>? Expirations(NotificationsIssued issued)
    {
        Dictionary<Guid, DateTimeOffset>? expirations = null;
        foreach (var told in issued.Notifications)
        {
            if (told.OfferExpiresAt is { } expiresAt)
            {
                (expirations ??= []).Add(told.NotificationId, expiresAt);
            }
        }

        return expirations;
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(ClaimCheck))]
internal sealed partial class ClaimJson : JsonSerializerContext;
