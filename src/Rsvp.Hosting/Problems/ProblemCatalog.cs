using System.Collections.Frozen;

namespace Rsvp.Hosting.Problems;

/// <summary>One kind of refusal: its stable code, its HTTP status, and a title for people.</summary>
/// <param name="Code">Stable snake_case code that clients branch on.</param>
/// <param name="Status">HTTP status, 400 to 599.</param>
/// <param name="Title">One sentence that is true of every refusal with this code.</param>
public sealed record ProblemKind(string Code, int Status, string Title);

/// <summary>Every refusal there is, shared by the API's answers and the worker's outcomes.</summary>
public static class ProblemCatalog
{
    private static readonly FrozenDictionary<string, ProblemKind> Kinds = new ProblemKind[]
    {
        // Refusals decided in the partition.
        new(ProblemCodes.ActivityNotFound, 404, "There is no such activity."),
        new(ProblemCodes.RsvpNotFound, 404, "There is no such RSVP."),
        new(ProblemCodes.GroupNotFound, 404, "There is no such group."),
        new(ProblemCodes.NotHost, 403, "Only a host of the activity may do this."),
        new(ProblemCodes.ParticipantsHidden, 403, "The hosts do not show who is coming."),
        new(ProblemCodes.UserDeleted, 403, "This user was deleted."),
        new(ProblemCodes.AlreadyRegistered, 409, "This user already has an active RSVP to the activity."),
        new(ProblemCodes.RegistrationNotOpen, 409, "Registration has not opened yet."),
        new(ProblemCodes.RegistrationClosed, 409, "Registration is closed."),
        new(ProblemCodes.ActivityCancelled, 409, "The activity was called off."),
        new(ProblemCodes.ActivityFull, 409, "The activity is full."),
        new(ProblemCodes.WaitlistFull, 409, "The waitlist is full."),
        new(ProblemCodes.NotEnoughCapacity, 409, "There is no room for a larger party; it keeps what it has."),
        new(ProblemCodes.PartyTooLarge, 422, "The party is larger than the activity allows."),
        new(ProblemCodes.GroupTooLarge, 422, "The group has more members than the activity allows."),
        new(ProblemCodes.DuplicateMember, 422, "A member is named twice."),
        new(ProblemCodes.UserNotFound, 422, "There is no such user."),
        new(ProblemCodes.NoOpenOffer, 409, "There is no open offer."),
        new(ProblemCodes.OfferExpired, 409, "The offer has expired."),
        new(ProblemCodes.NotOwner, 403, "Only its owner may answer an offer."),
        new(ProblemCodes.NoRoom, 409, "There is no room, or others are waiting."),
        new(ProblemCodes.RsvpNotWaiting, 409, "The party does not wait in line."),
        new(ProblemCodes.NotStarted, 409, "The activity has not started."),
        new(ProblemCodes.LastHost, 409, "The last host cannot be removed."),
        new(ProblemCodes.NotConfirmed, 409, "The party is not confirmed."),
        new(ProblemCodes.AlreadyCheckedIn, 409, "The party was checked in before."),
        new(ProblemCodes.NotCheckedIn, 409, "The party is not checked in."),
        new(ProblemCodes.CapacityBelowTaken, 409, "The capacity would be below the seats already taken."),
        new(ProblemCodes.InvalidSettings, 422, "The settings contradict each other."),
        new(ProblemCodes.VersionMismatch, 412, "The RSVP is not at the version asked for."),
        new(ProblemCodes.IdempotencyKeyReused, 422, "The idempotency key was used with another body."),
        new(ProblemCodes.Expired, 409, "The request came too late to be applied."),
        new(ProblemCodes.Failed, 500, "The request could not be decided because of a defect; nothing changed."),

        // Refusals of the API itself.
        new(ProblemCodes.InvalidRequest, 400, "The request is not valid."),
        new(ProblemCodes.Unauthorized, 401, "A valid token is needed."),
        new(ProblemCodes.Forbidden, 403, "This is not allowed."),
        new(ProblemCodes.NotFound, 404, "There is nothing here."),
        new(ProblemCodes.RequestNotFound, 404, "There is no such request."),
        new(ProblemCodes.WebhookNotFound, 404, "There is no such webhook."),
        new(ProblemCodes.TooManyWebhooks, 409, "One user may not have more webhooks."),
        new(ProblemCodes.MethodNotAllowed, 405, "This method is not allowed here."),
        new(ProblemCodes.RequestTimeout, 408, "The request came too slowly."),
        new(ProblemCodes.BodyTooLarge, 413, "The body is larger than 256 KiB."),
        new(ProblemCodes.UnsupportedMediaType, 415, "The body must be application/json."),
        new(ProblemCodes.UpgradeRequired, 426, "This path is for WebSockets."),
        new(ProblemCodes.RateLimited, 429, "Too many requests."),
        new(ProblemCodes.TooManyConnections, 429, "One user may not have more connections."),
        new(ProblemCodes.TooManyWatches, 429, "One connection may not watch more."),
        new(ProblemCodes.InternalError, 500, "Something went wrong."),
        new(ProblemCodes.OutcomeUnknown, 503, "The request may or may not take effect; repeat it with the same Idempotency-Key."),
        new(ProblemCodes.Overloaded, 503, "Too much is going on; nothing was sent."),
        new(ProblemCodes.Unavailable, 503, "A part of the system is away."),
    }.ToFrozenDictionary(kind => kind.Code, StringComparer.Ordinal);

    /// <summary>All kinds, in no particular order.</summary>
    public static IReadOnlyCollection<ProblemKind> All => Kinds.Values;

    /// <summary>The kind with this code; a code unknown to this build answers as an internal error, keeping its code.</summary>
    /// <param name="code">A stable code, for instance from a stored outcome.</param>
    public static ProblemKind Find(string code) =>
        Kinds.TryGetValue(code, out var kind) ? kind : new ProblemKind(code, 500, "The request was refused.");
}
