using Rsvp.Contracts;

namespace Rsvp.Notifier.Watching;

/// <summary>The length of a line, as pushed.</summary>
internal sealed record WaitlistDocument
{
    public required Guid ActivityId { get; init; }

    /// <summary>Places in line.</summary>
    public required int Length { get; init; }

    /// <summary>The activity's version.</summary>
    public required long Version { get; init; }
}

/// <summary>The state of one RSVP, as pushed to its owner and to hosts.</summary>
internal sealed record RsvpStatusDocument
{
    public required Guid RsvpId { get; init; }

    public required Guid ActivityId { get; init; }

    public required string Status { get; init; }

    /// <summary>Rank of its place in line, 1 is next; null unless waitlisted.</summary>
    public int? WaitlistPosition { get; init; }

    /// <summary>Until when the offer stands, UTC; null unless offered.</summary>
    public DateTimeOffset? OfferExpiresAt { get; init; }

    /// <summary>The RSVP's own version.</summary>
    public required long RsvpVersion { get; init; }

    /// <summary>The activity's version.</summary>
    public required long Version { get; init; }
}

/// <summary>What <c>WatchActivity</c> returns: the capacity document, the length of the line, and the caller's own RSVP.</summary>
internal sealed record ActivitySnapshot
{
    public required Guid ActivityId { get; init; }

    /// <inheritdoc cref="CapacityDocument.Capacity"/>
    public int? Capacity { get; init; }

    /// <inheritdoc cref="CapacityDocument.Confirmed"/>
    public required int Confirmed { get; init; }

    /// <inheritdoc cref="CapacityDocument.Offered"/>
    public required int Offered { get; init; }

    /// <inheritdoc cref="CapacityDocument.Available"/>
    public int? Available { get; init; }

    /// <inheritdoc cref="CapacityDocument.Waitlisted"/>
    public required int Waitlisted { get; init; }

    /// <inheritdoc cref="CapacityDocument.CheckedIn"/>
    public required int CheckedIn { get; init; }

    /// <summary>Places in line.</summary>
    public required int WaitlistLength { get; init; }

    /// <summary>The caller's own RSVP; null without one.</summary>
    public RsvpStatusDocument? Rsvp { get; init; }

    /// <summary>The activity's version.</summary>
    public required long Version { get; init; }

    internal static ActivitySnapshot Of(CapacityDocument capacity, int waitlistLength, RsvpStatusDocument? rsvp) => new()
    {
        ActivityId = capacity.ActivityId,
        Capacity = capacity.Capacity,
        Confirmed = capacity.Confirmed,
        Offered = capacity.Offered,
        Available = capacity.Available,
        Waitlisted = capacity.Waitlisted,
        CheckedIn = capacity.CheckedIn,
        WaitlistLength = waitlistLength,
        Rsvp = rsvp,
        Version = capacity.Version,
    };
}
