using Rsvp.Contracts;
using Rsvp.Notifier.Snapshots;

namespace Rsvp.Notifier.Watching;

/// <summary>The newest known state of one watched RSVP.</summary>
internal sealed class RsvpView(Guid activityId, Guid rsvpId, Guid userId)
{
    private const string Waitlisted = "waitlisted";

    private string _status = "";
    private DateTimeOffset? _offerExpiresAt;

    internal Guid RsvpId { get; } = rsvpId;

    internal Guid UserId { get; } = userId;

    /// <summary>The RSVP's own version; 0 while nothing is known.</summary>
    internal long RsvpVersion { get; private set; }

    /// <summary>Rank of its place in line as it was last read; null unless waitlisted, and while unknown.</summary>
    internal int? Position { get; private set; }

    internal bool IsWaiting => _status == Waitlisted;

    /// <summary>False for who waits at a position that must be read first: a change may have sent him to the back of the line.</summary>
    internal bool IsComplete => RsvpVersion > 0 && (!IsWaiting || Position is not null);

    /// <summary>When the change was committed that is told next; null when it is not known from an event.</summary>
    internal DateTimeOffset? ChangedAt { get; set; }

    /// <summary>The trace of the change that is told next; null when it is not traced.</summary>
    internal string? TraceParent { get; set; }

    /// <summary>Who is told.</summary>
    internal List<WatchLink> Links { get; } = [];

    /// <summary>Takes an event's state if it is newer.</summary>
    /// <returns>Whether it was.</returns>
    internal bool Apply(RsvpChanged change, DateTimeOffset at)
    {
        if (change.RsvpVersion <= RsvpVersion)
        {
            return false;
        }

        Take(change.Status, change.OfferExpiresAt, change.RsvpVersion, position: null);
        ChangedAt = at;
        return true;
    }

    /// <summary>Takes a read state if it is not older; reads follow one another, so of two positions the later one is the newer.</summary>
    /// <returns>Whether there is anything to tell.</returns>
    internal bool Apply(RsvpState state)
    {
        if (state.RsvpVersion < RsvpVersion || (state.RsvpVersion == RsvpVersion && state.Position == Position))
        {
            return false;
        }

        if (state.RsvpVersion > RsvpVersion)
        {
            ChangedAt = null;
        }

        Take(state.Status, state.OfferExpiresAt, state.RsvpVersion, state.Position);
        return true;
    }

    internal RsvpStatusDocument ToDocument(long version) => new()
    {
        RsvpId = RsvpId,
        ActivityId = activityId,
        Status = _status,
        WaitlistPosition = Position,
        OfferExpiresAt = _offerExpiresAt,
        RsvpVersion = RsvpVersion,
        Version = version,
    };

    private void Take(string status, DateTimeOffset? offerExpiresAt, long rsvpVersion, int? position) =>
        (_status, _offerExpiresAt, RsvpVersion, Position) = (status, offerExpiresAt, rsvpVersion, status == Waitlisted ? position : null);
}
