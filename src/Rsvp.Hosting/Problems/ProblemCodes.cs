namespace Rsvp.Hosting.Problems;

/// <summary>The stable codes of refusals; statuses and titles are in <see cref="ProblemCatalog"/>.</summary>
public static class ProblemCodes
{
    /// <summary>There is no such activity.</summary>
    public const string ActivityNotFound = "activity_not_found";

    /// <summary>There is no such RSVP.</summary>
    public const string RsvpNotFound = "rsvp_not_found";

    /// <summary>No such group, or not the caller's to see.</summary>
    public const string GroupNotFound = "group_not_found";

    /// <summary>Only a host of the activity may do this.</summary>
    public const string NotHost = "not_host";

    /// <summary>The hosts do not show who is coming.</summary>
    public const string ParticipantsHidden = "participants_hidden";

    /// <summary>This user was deleted.</summary>
    public const string UserDeleted = "user_deleted";

    /// <summary>This user already has an active RSVP to the activity.</summary>
    public const string AlreadyRegistered = "already_registered";

    /// <summary>Registration has not opened yet.</summary>
    public const string RegistrationNotOpen = "registration_not_open";

    /// <summary>Registration is closed.</summary>
    public const string RegistrationClosed = "registration_closed";

    /// <summary>The activity was called off.</summary>
    public const string ActivityCancelled = "activity_cancelled";

    /// <summary>The activity is full.</summary>
    public const string ActivityFull = "activity_full";

    /// <summary>The waitlist is full.</summary>
    public const string WaitlistFull = "waitlist_full";

    /// <summary>There is no room for a larger party; it keeps what it has.</summary>
    public const string NotEnoughCapacity = "not_enough_capacity";

    /// <summary>The party is larger than the activity allows.</summary>
    public const string PartyTooLarge = "party_too_large";

    /// <summary>More members than the activity allows.</summary>
    public const string GroupTooLarge = "group_too_large";

    /// <summary>A member is named twice.</summary>
    public const string DuplicateMember = "duplicate_member";

    /// <summary>Nobody knows this user.</summary>
    public const string UserNotFound = "user_not_found";

    /// <summary>Nothing is offered to the party.</summary>
    public const string NoOpenOffer = "no_open_offer";

    /// <summary>The offer ended unanswered.</summary>
    public const string OfferExpired = "offer_expired";

    /// <summary>Only the owner may answer an offer.</summary>
    public const string NotOwner = "not_owner";

    /// <summary>No room, or others wait.</summary>
    public const string NoRoom = "no_room";

    /// <summary>The party does not wait in line.</summary>
    public const string RsvpNotWaiting = "rsvp_not_waiting";

    /// <summary>The activity has not started.</summary>
    public const string NotStarted = "not_started";

    /// <summary>The last host cannot be removed.</summary>
    public const string LastHost = "last_host";

    /// <summary>The party is not confirmed.</summary>
    public const string NotConfirmed = "not_confirmed";

    /// <summary>The party was checked in before.</summary>
    public const string AlreadyCheckedIn = "already_checked_in";

    /// <summary>The party is not checked in.</summary>
    public const string NotCheckedIn = "not_checked_in";

    /// <summary>The capacity would be below the seats already taken.</summary>
    public const string CapacityBelowTaken = "capacity_below_taken";

    /// <summary>The settings contradict each other.</summary>
    public const string InvalidSettings = "invalid_settings";

    /// <summary>The RSVP is not at the version asked for.</summary>
    public const string VersionMismatch = "version_mismatch";

    /// <summary>The idempotency key was used with another body.</summary>
    public const string IdempotencyKeyReused = "idempotency_key_reused";

    /// <summary>The request came too late to be applied.</summary>
    public const string Expired = "expired";

    /// <summary>The request could not be decided because of a defect; nothing changed.</summary>
    public const string Failed = "failed";

    /// <summary>The request is not valid.</summary>
    public const string InvalidRequest = "invalid_request";

    /// <summary>A valid token is needed.</summary>
    public const string Unauthorized = "unauthorized";

    /// <summary>This is not allowed.</summary>
    public const string Forbidden = "forbidden";

    /// <summary>There is nothing here.</summary>
    public const string NotFound = "not_found";

    /// <summary>There is no such request.</summary>
    public const string RequestNotFound = "request_not_found";

    /// <summary>The user has no such webhook.</summary>
    public const string WebhookNotFound = "webhook_not_found";

    /// <summary>The user has as many webhooks as one may have.</summary>
    public const string TooManyWebhooks = "too_many_webhooks";

    /// <summary>This method is not allowed here.</summary>
    public const string MethodNotAllowed = "method_not_allowed";

    /// <summary>The request came too slowly.</summary>
    public const string RequestTimeout = "request_timeout";

    /// <summary>The body is larger than 256 KiB.</summary>
    public const string BodyTooLarge = "body_too_large";

    /// <summary>The body must be application/json.</summary>
    public const string UnsupportedMediaType = "unsupported_media_type";

    /// <summary>This path is for WebSockets.</summary>
    public const string UpgradeRequired = "upgrade_required";

    /// <summary>Too many requests.</summary>
    public const string RateLimited = "rate_limited";

    /// <summary>One user may not have more push connections.</summary>
    public const string TooManyConnections = "too_many_connections";

    /// <summary>One connection watches as much as it may.</summary>
    public const string TooManyWatches = "too_many_watches";

    /// <summary>Something went wrong.</summary>
    public const string InternalError = "internal_error";

    /// <summary>The request may or may not take effect; repeat it with the same Idempotency-Key.</summary>
    public const string OutcomeUnknown = "outcome_unknown";

    /// <summary>Too much is going on; nothing was sent.</summary>
    public const string Overloaded = "overloaded";

    /// <summary>A part of the system is away.</summary>
    public const string Unavailable = "unavailable";
}
