namespace Rsvp.Contracts;

/// <summary>What people are told of; the names are those of the decision log's actions.</summary>
public static class NotificationKinds
{
    /// <summary>The party has its seats.</summary>
    public const string Confirmed = "confirmed";

    /// <summary>The party waits in line.</summary>
    public const string Waitlisted = "waitlisted";

    /// <summary>The party waited and now has its seats.</summary>
    public const string Promoted = "promoted";

    /// <summary>Seats are held for the party until it answers.</summary>
    public const string Offered = "offered";

    /// <summary>The offer ends soon and is not answered yet.</summary>
    public const string Reminded = "reminded";

    /// <summary>The party's guests or requirements changed.</summary>
    public const string Updated = "updated";

    /// <summary>The party grew while it waited and stands at the end of the line.</summary>
    public const string MovedToBack = "moved_to_back";

    /// <summary>The party gave its place back.</summary>
    public const string Cancelled = "cancelled";

    /// <summary>The offer was accepted.</summary>
    public const string Accepted = "accepted";

    /// <summary>The offer was declined.</summary>
    public const string Declined = "declined";

    /// <summary>The offer was not answered in time.</summary>
    public const string OfferExpired = "offer_expired";

    /// <summary>A host removed the party.</summary>
    public const string Removed = "removed";

    /// <summary>The activity was called off.</summary>
    public const string CalledOff = "called_off";

    /// <summary>The party did not come, and its seats were given away.</summary>
    public const string Released = "released";

    /// <summary>A host moved the party in line.</summary>
    public const string Moved = "moved";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        Confirmed, Waitlisted, Promoted, Offered, Reminded, Updated, MovedToBack, Cancelled, Accepted, Declined, OfferExpired, Removed, CalledOff,
        Released, Moved,
    ];
}
