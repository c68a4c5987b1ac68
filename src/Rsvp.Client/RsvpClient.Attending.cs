using System.Text.Json.Nodes;

namespace Rsvp.Client;

/// <summary>What attendees do.</summary>
public sealed partial class RsvpClient
{
    /// <summary>Asks for a place. A full activity is no refusal: the outcome's RSVP is <c>waitlisted</c>.</summary>
    /// <param name="activityId">The activity.</param>
    /// <param name="place">Whom one brings, and what to do when it is full; null: alone, and wait.</param>
    /// <param name="options">How to send it.</param>
    /// <param name="cancellationToken">Ends the waiting; the command may take effect all the same.</param>
    public Task<Outcome> SubmitAsync(
        Guid activityId, SubmitOptions? place = null, CommandOptions? options = null, CancellationToken cancellationToken = default)
    {
        place ??= new SubmitOptions();
        var body = new JsonObject
        {
            ["guestCount"] = place.GuestCount,
            ["specialRequirements"] = place.SpecialRequirements,
            ["ifFull"] = place.WaitIfFull ? "waitlist" : "reject",
        };
        return SendAsync(HttpMethod.Post, $"/api/activities/{activityId}/rsvp", body, options, activityId, cancellationToken);
    }

    /// <summary>Changes how many guests one brings.</summary>
    /// <param name="activityId">The activity.</param>
    /// <param name="guestCount">Guests, from 0.</param>
    /// <param name="options">How to send it.</param>
    /// <param name="cancellationToken">Ends the waiting; the command may take effect all the same.</param>
    public Task<Outcome> ChangeGuestsAsync(Guid activityId, int guestCount, CommandOptions? options = null, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Put, $"/api/activities/{activityId}/rsvp", new JsonObject { ["guestCount"] = guestCount }, options, activityId, cancellationToken);

    /// <summary>Gives one's place back. Twice is as good as once.</summary>
    /// <param name="activityId">The activity.</param>
    /// <param name="options">How to send it.</param>
    /// <param name="cancellationToken">Ends the waiting; the command may take effect all the same.</param>
    public Task<Outcome> CancelAsync(Guid activityId, CommandOptions? options = null, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Delete, $"/api/activities/{activityId}/rsvp", body: null, options, activityId, cancellationToken);

    /// <summary>Takes the seats that are held.</summary>
    /// <param name="rsvpId">One's own RSVP.</param>
    /// <param name="options">How to send it.</param>
    /// <param name="cancellationToken">Ends the waiting; the command may take effect all the same.</param>
    public Task<Outcome> AcceptOfferAsync(Guid rsvpId, CommandOptions? options = null, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Post, $"/api/rsvps/{rsvpId}/accept", body: null, options, activityId: null, cancellationToken);

    /// <summary>Leaves the seats that are held to the next in line.</summary>
    /// <param name="rsvpId">One's own RSVP.</param>
    /// <param name="options">How to send it.</param>
    /// <param name="cancellationToken">Ends the waiting; the command may take effect all the same.</param>
    public Task<Outcome> DeclineOfferAsync(Guid rsvpId, CommandOptions? options = null, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Post, $"/api/rsvps/{rsvpId}/decline", body: null, options, activityId: null, cancellationToken);
}

/// <summary>What somebody asks for.</summary>
public sealed record SubmitOptions
{
    /// <summary>People one brings along, from 0.</summary>
    public int GuestCount { get; init; }

    /// <summary>Free text for the hosts, at most 1,000 characters; null for none.</summary>
    public string? SpecialRequirements { get; init; }

    /// <summary>False: be refused with <c>activity_full</c> rather than wait in line. Default true.</summary>
    public bool WaitIfFull { get; init; } = true;
}
