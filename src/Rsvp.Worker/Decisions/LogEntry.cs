using Rsvp.Contracts;

namespace Rsvp.Worker.Decisions;

/// <summary>One row of the decision log: what became of one party, or that settings changed.</summary>
internal sealed record LogEntry
{
    /// <summary>Numbers the rows of an activity without gap.</summary>
    public required long Seq { get; init; }

    /// <summary>One of <see cref="LogActions"/>.</summary>
    public required string Action { get; init; }

    /// <summary>One of <see cref="Rules"/>: why.</summary>
    public required string Rule { get; init; }

    /// <summary>Whose party it is; the host for settings.</summary>
    public required Guid UserId { get; init; }

    /// <summary>The party before; null when it is new or the row is about settings.</summary>
    public RsvpState? Before { get; init; }

    /// <summary>The party after; the unchanged one for a refusal, null when there is none.</summary>
    public RsvpState? After { get; init; }

    /// <summary>People of the party: after the step, or those who left.</summary>
    public required int Spots { get; init; }

    /// <summary>Change of the seats taken.</summary>
    public int SpotsAffected { get; init; }

    /// <summary>Seats free before the step; null when unlimited.</summary>
    public int? FreeBefore { get; init; }

    /// <summary>Why it was refused; null when it was not.</summary>
    public string? Code { get; init; }

    /// <summary>The order in line that was taken or left.</summary>
    public long? LineKey { get; init; }

    /// <summary>Places ahead in line that a pass left behind to let this one in; null for everything else, and when it is not known.</summary>
    public int? Overtook { get; init; }

    public string? Reason { get; init; }

    /// <summary>The complete settings, for rows about them.</summary>
    public ActivitySettings? Settings { get; init; }

    public required Actor Actor { get; init; }

    /// <summary>Whether the person concerned is told of this row: it has a row of notifications and a part in the event about them.</summary>
    public bool IsHeard => Code is null && LogActions.IsHeard(Action);
}

/// <summary>Who did it.</summary>
/// <param name="Kind"><c>self</c>, <c>host</c> or <c>system</c>.</param>
/// <param name="UserId">The person; null for the system.</param>
internal readonly record struct Actor(string Kind, Guid? UserId)
{
    public static Actor System { get; } = new("system", null);

    public bool IsHost => Kind == "host";

    public static Actor Self(Guid userId) => new("self", userId);

    public static Actor Host(Guid userId) => new("host", userId);
}

/// <summary>What a row of the decision log says happened.</summary>
internal static class LogActions
{
    public const string Created = "created";
    public const string SettingsChanged = "settings_changed";
    public const string Confirmed = "confirmed";
    public const string Waitlisted = "waitlisted";
    public const string Promoted = "promoted";
    public const string Offered = "offered";
    public const string Reminded = "reminded";
    public const string Accepted = "accepted";
    public const string Declined = "declined";
    public const string OfferExpired = "offer_expired";
    public const string Updated = "updated";
    public const string MovedToBack = "moved_to_back";
    public const string Cancelled = "cancelled";
    public const string Removed = "removed";
    public const string CalledOff = "called_off";
    public const string Released = "released";
    public const string Moved = "moved";
    public const string Respaced = "respaced";
    public const string CheckedIn = "checked_in";
    public const string CheckInUndone = "check_in_undone";
    public const string ActivityCalledOff = "activity_called_off";
    public const string HostAdded = "host_added";
    public const string HostRemoved = "host_removed";
    public const string Refused = "refused";

    /// <summary>Whether the person concerned is to hear of it: a change of their status or seats, not a refusal (which the answer told).</summary>
    public static bool IsHeard(string action) => action is
        Confirmed or Waitlisted or Promoted or Offered or Reminded or Accepted or Declined or OfferExpired or Updated or MovedToBack or Moved
            or Cancelled or Removed or CalledOff or Released;
}

/// <summary>The rules that decisions name.</summary>
internal static class Rules
{
    public const string SeatFree = "seat_free";
    public const string LineAhead = "line_ahead";
    public const string NoRoom = "no_room";
    public const string Pass = "pass";
    public const string OfferEnds = "offer_ends";
    public const string Answer = "answer";
    public const string Growth = "growth";
    public const string GrowthToBack = "growth_to_back";
    public const string Shrink = "shrink";
    public const string Requirements = "requirements";
    public const string Cancel = "cancel";
    public const string UserDeleted = "user_deleted";
    public const string Host = "host";
    public const string HostOverride = "host_override";
    public const string WalkIn = "walk_in";
    public const string NoShow = "no_show";
    public const string CalledOff = "called_off";
    public const string Respacing = "respacing";
    public const string Hosts = "hosts";
    public const string Settings = "settings";
    public const string Refused = "refused";
}
