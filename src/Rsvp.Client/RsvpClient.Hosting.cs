using System.Text.Json.Nodes;

namespace Rsvp.Client;

/// <summary>What hosts do most.</summary>
public sealed partial class RsvpClient
{
    /// <summary>Opens an activity, whose host one is then.</summary>
    /// <param name="activity">The activity.</param>
    /// <param name="options">How to send it.</param>
    /// <param name="cancellationToken">Ends the waiting; the command may take effect all the same.</param>
    /// <returns>An outcome with the activity.</returns>
    public Task<Outcome> OpenActivityAsync(NewActivity activity, CommandOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(activity);
        var body = new JsonObject { ["title"] = activity.Title, ["startsAt"] = activity.StartsAt.UtcDateTime, ["capacity"] = activity.Capacity };
        Add(body, "endsAt", activity.EndsAt?.UtcDateTime);
        Add(body, "maxPartySize", activity.MaxPartySize);
        Add(body, "promotionMode", activity.PromotionMode);
        Add(body, "offerMinutes", activity.OfferMinutes);
        Add(body, "participantsVisible", activity.ParticipantsVisible);
        return SendAsync(HttpMethod.Post, "/api/activities", body, options, activityId: null, cancellationToken);
    }

    /// <summary>Changes the capacity; whoever is next gets the seats that come of it.</summary>
    /// <param name="activityId">The activity.</param>
    /// <param name="capacity">People it can hold; null unlimited.</param>
    /// <param name="options">How to send it.</param>
    /// <param name="cancellationToken">Ends the waiting; the command may take effect all the same.</param>
    public Task<Outcome> ChangeCapacityAsync(Guid activityId, int? capacity, CommandOptions? options = null, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Patch, $"/api/activities/{activityId}", new JsonObject { ["capacity"] = capacity }, options, activityId, cancellationToken);

    /// <summary>Lets in the next places in line, as many as fit.</summary>
    /// <param name="activityId">The activity.</param>
    /// <param name="count">Places, 1 to 500.</param>
    /// <param name="options">How to send it.</param>
    /// <param name="cancellationToken">Ends the waiting; the command may take effect all the same.</param>
    public Task<Outcome> PromoteAsync(Guid activityId, int count, CommandOptions? options = null, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Post, $"/api/activities/{activityId}/waitlist/promote", new JsonObject { ["count"] = count }, options, activityId, cancellationToken);

    /// <summary>Checks a party in. The second time is refused with <c>already_checked_in</c>.</summary>
    /// <param name="rsvpId">The party's RSVP.</param>
    /// <param name="options">How to send it.</param>
    /// <param name="cancellationToken">Ends the waiting; the command may take effect all the same.</param>
    public Task<Outcome> CheckInAsync(Guid rsvpId, CommandOptions? options = null, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Post, $"/api/rsvps/{rsvpId}/check-in", body: null, options, activityId: null, cancellationToken);

    /// <summary>Calls an activity off: everybody is told once.</summary>
    /// <param name="activityId">The activity.</param>
    /// <param name="reason">Why, at most 500 characters; null for nothing.</param>
    /// <param name="options">How to send it.</param>
    /// <param name="cancellationToken">Ends the waiting; the command may take effect all the same.</param>
    public Task<Outcome> CallOffAsync(Guid activityId, string? reason = null, CommandOptions? options = null, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Post, $"/api/activities/{activityId}/cancel", new JsonObject { ["reason"] = reason }, options, activityId, cancellationToken);

    private static void Add(JsonObject body, string name, JsonNode? value)
    {
        if (value is not null)
        {
            body[name] = value;
        }
    }
}
