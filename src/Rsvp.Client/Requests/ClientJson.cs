using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Rsvp.Client.Requests;

/// <summary>The documents of the API as the client reads and writes them: what it does not know it ignores, and what is null it does not send.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(Activity))]
[JsonSerializable(typeof(Page<Activity>))]
[JsonSerializable(typeof(Page<Place>))]
[JsonSerializable(typeof(Place))]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(RequestDocument))]
[JsonSerializable(typeof(ActivityCounts))]
[JsonSerializable(typeof(PlaceStatus))]
[JsonSerializable(typeof(LineLength))]
[JsonSerializable(typeof(JsonObject))]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(Guid))]
internal sealed partial class ClientJson : JsonSerializerContext;

/// <summary>One page of a list.</summary>
internal sealed record Page<T>
{
    public required IReadOnlyList<T> Items { get; init; }

    public string? NextCursor { get; init; }
}

/// <summary>A request as the API tells of it.</summary>
internal sealed record RequestDocument
{
    public required Guid RequestId { get; init; }

    /// <summary><c>pending</c>, <c>completed</c> or <c>rejected</c>.</summary>
    public required string Status { get; init; }

    public Guid? ActivityId { get; init; }

    public Place? Rsvp { get; init; }

    public Activity? Activity { get; init; }

    public Problem? Problem { get; init; }

    internal bool IsPending => Status == "pending";

    internal Outcome ToOutcome() => new() { RequestId = RequestId, ActivityId = ActivityId, Rsvp = Rsvp, Activity = Activity, Problem = Problem };
}

/// <summary>A <c>waitlistUpdate</c>.</summary>
internal sealed record LineLength(Guid ActivityId, int Length, long Version);
