using Rsvp.Contracts;

namespace Rsvp.Notifier.Snapshots;

/// <summary>What a loop wants to know about its activity, besides the counts.</summary>
internal sealed record ActivityRead
{
    public required Guid ActivityId { get; init; }

    /// <summary>RSVPs of the activity to read.</summary>
    public IReadOnlyCollection<Guid> RsvpIds { get; init; } = [];

    /// <summary>Users whose own RSVP to the activity is to be read.</summary>
    public IReadOnlyCollection<Guid> OwnerIds { get; init; } = [];

    /// <summary>Users of whom it must be known whether they are hosts, or deleted.</summary>
    public IReadOnlyCollection<Guid> UserIds { get; init; } = [];
}

/// <summary>An activity as it was at one instant; counts, RSVPs and positions agree on <see cref="CapacityDocument.Version"/>.</summary>
internal sealed record ActivityState
{
    public required CapacityDocument Capacity { get; init; }

    /// <summary>Places in line.</summary>
    public required int WaitlistLength { get; init; }

    public required IReadOnlyList<RsvpState> Rsvps { get; init; }

    /// <summary>Those of <see cref="ActivityRead.UserIds"/> who are hosts.</summary>
    public IReadOnlySet<Guid> HostIds { get; init; } = new HashSet<Guid>();

    /// <summary>Those of <see cref="ActivityRead.UserIds"/> who were deleted.</summary>
    public IReadOnlySet<Guid> DeletedIds { get; init; } = new HashSet<Guid>();
}

/// <summary>One RSVP in an <see cref="ActivityState"/>.</summary>
internal sealed record RsvpState
{
    public required Guid RsvpId { get; init; }

    public required Guid UserId { get; init; }

    public required string Status { get; init; }

    public DateTimeOffset? OfferExpiresAt { get; init; }

    /// <summary>The RSVP's own version.</summary>
    public required long RsvpVersion { get; init; }

    /// <summary>Rank of its place in line; null unless waitlisted.</summary>
    public int? Position { get; init; }
}
