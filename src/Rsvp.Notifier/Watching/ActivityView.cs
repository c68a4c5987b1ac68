using Rsvp.Contracts;
using Rsvp.Notifier.Snapshots;

namespace Rsvp.Notifier.Watching;

/// <summary>The newest known state of one watched activity: events come at least once and in any order, versions decide.</summary>
internal sealed class ActivityView(Guid activityId)
{
    private readonly Dictionary<Guid, RsvpView> _rsvps = [];
    private readonly HashSet<RsvpView> _waiting = [];

    /// <summary>Null until anything is known.</summary>
    internal CapacityDocument? Capacity { get; private set; }

    internal long Version => Capacity?.Version ?? 0;

    /// <summary>The newest version of which an event or a read of every watched RSVP told. A read for a newcomer brings newer counts, and nothing of the others' RSVPs.</summary>
    internal long SeenVersion { get; private set; }

    /// <summary>Places in line.</summary>
    internal int WaitlistLength { get; private set; }

    /// <summary>Rises with every change of <see cref="WaitlistLength"/>.</summary>
    internal long WaitlistRevision { get; private set; }

    /// <summary>True when an event came while an earlier one is missing: it may be late, or lost.</summary>
    internal bool HasGap { get; private set; }

    /// <summary>Watched RSVPs.</summary>
    internal IReadOnlyDictionary<Guid, RsvpView> Rsvps => _rsvps;

    /// <summary>Watched RSVPs in line.</summary>
    internal IReadOnlyCollection<RsvpView> Waiting => _waiting;

    internal WaitlistDocument Waitlist => new() { ActivityId = activityId, Length = WaitlistLength, Version = Version };

    /// <summary>Takes an event's counts if they are newer.</summary>
    /// <returns>Whether they were.</returns>
    internal bool Apply(ActivityChanged change)
    {
        HasGap |= SeenVersion > 0 && change.Version > SeenVersion + 1;
        SeenVersion = Math.Max(SeenVersion, change.Version);
        return Take(change.Capacity with { Version = change.Version }, change.WaitlistLength);
    }

    /// <summary>Takes an event's RSVP if it is newer.</summary>
    internal bool Apply(RsvpView rsvp, RsvpChanged change, DateTimeOffset at) => Settle(rsvp, rsvp.Apply(change, at));

    /// <summary>Takes counts that were read, if they are newer.</summary>
    /// <param name="state">What was read.</param>
    /// <param name="isComplete">True when every watched RSVP was read: then nothing is missing up to that version.</param>
    internal void Apply(ActivityState state, bool isComplete)
    {
        Take(state.Capacity, state.WaitlistLength);
        if (isComplete || SeenVersion == 0)
        {
            SeenVersion = Math.Max(SeenVersion, state.Capacity.Version);
        }
    }

    /// <summary>Takes an RSVP that was read, if it is not older.</summary>
    internal bool Apply(RsvpView rsvp, RsvpState state) => Settle(rsvp, rsvp.Apply(state));

    /// <summary>The gap is about to be closed by reading everything again.</summary>
    internal void ForgetGap() => HasGap = false;

    internal RsvpView Track(Guid rsvpId, Guid userId)
    {
        if (!_rsvps.TryGetValue(rsvpId, out var rsvp))
        {
            rsvp = new RsvpView(activityId, rsvpId, userId);
            _rsvps.Add(rsvpId, rsvp);
        }

        return rsvp;
    }

    internal void Forget(RsvpView rsvp)
    {
        _rsvps.Remove(rsvp.RsvpId);
        _waiting.Remove(rsvp);
    }

    private bool Take(CapacityDocument capacity, int waitlistLength)
    {
        if (Capacity is not null && capacity.Version <= Version)
        {
            return false;
        }

        if (Capacity is null || waitlistLength != WaitlistLength)
        {
            WaitlistLength = waitlistLength;
            WaitlistRevision++;
        }

        Capacity = capacity;
        return true;
    }

    private bool Settle(RsvpView rsvp, bool isNewer)
    {
        if (isNewer)
        {
            _ = rsvp.IsWaiting ? _waiting.Add(rsvp) : _waiting.Remove(rsvp);
        }

        return isNewer;
    }
}
