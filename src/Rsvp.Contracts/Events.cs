namespace Rsvp.Contracts;

/// <summary>An activity or RSVPs of it changed: one message per activity and committed batch.</summary>
/// <remarks>
/// Delivered at least once, in no promised order; <see cref="Version"/> tells the newer from the older. One that is sent only after a crash tells how things stand by
/// then, with that version, under the time of its own batch.
/// </remarks>
public sealed record ActivityChanged
{
    /// <summary>The activity.</summary>
    public required Guid ActivityId { get; init; }

    /// <summary>The activity's version after the change.</summary>
    public required long Version { get; init; }

    /// <summary>When it was committed, UTC, by the database's clock at the beginning of the batch.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The counts after the change.</summary>
    public required CapacityDocument Capacity { get; init; }

    /// <summary>Places in line after the change.</summary>
    public required int WaitlistLength { get; init; }

    /// <summary>True when the hosts changed, so that whoever caches them must look again.</summary>
    public bool HostsChanged { get; init; }

    /// <summary>RSVPs whose own version rose, each in its last state.</summary>
    public required IReadOnlyList<RsvpChanged> Rsvps { get; init; }

    /// <summary>W3C <c>traceparent</c> of the last traced command behind it; null when it is not traced.</summary>
    public string? TraceParent { get; init; }
}

/// <summary>The last state of one RSVP in an <see cref="ActivityChanged"/>.</summary>
public sealed record RsvpChanged
{
    /// <summary>The RSVP.</summary>
    public required Guid RsvpId { get; init; }

    /// <summary>Its owner.</summary>
    public required Guid UserId { get; init; }

    /// <summary><c>confirmed</c>, <c>waitlisted</c>, <c>offered</c> or <c>cancelled</c>.</summary>
    public required string Status { get; init; }

    /// <summary>Until when the offer stands, UTC; null unless offered.</summary>
    public DateTimeOffset? OfferExpiresAt { get; init; }

    /// <summary>The RSVP's own version.</summary>
    public required long RsvpVersion { get; init; }
}

/// <summary>Seats are free that the policy gives to somebody in line; once per activity and batch.</summary>
public sealed record VacancyOpened
{
    /// <summary>The activity.</summary>
    public required Guid ActivityId { get; init; }

    /// <summary>The activity's version that left the seats free.</summary>
    public required long Version { get; init; }

    /// <summary>W3C <c>traceparent</c> of the last traced command behind it; null when it is not traced.</summary>
    public string? TraceParent { get; init; }
}

/// <summary>A pass ran and was committed, whether it found anybody or not.</summary>
public sealed record PassCompleted
{
    /// <summary>The activity.</summary>
    public required Guid ActivityId { get; init; }

    /// <summary>The activity's version that the pass saw and left behind: vacancies up to it are served.</summary>
    public required long Version { get; init; }

    /// <summary>The <see cref="RunPass.PassNumber"/> it answers.</summary>
    public required long PassNumber { get; init; }

    /// <summary>Places it let in.</summary>
    public required int PlacesPromoted { get; init; }

    /// <summary>True when it stopped at its bound and another pass is needed.</summary>
    public required bool MoreLeft { get; init; }

    /// <summary>W3C <c>traceparent</c> of the command that ran the pass; null when it is not traced.</summary>
    public string? TraceParent { get; init; }
}

/// <summary>A pass that was asked for has not been answered in time; the saga asks again.</summary>
public sealed record PassOverdue
{
    /// <summary>The activity.</summary>
    public required Guid ActivityId { get; init; }
}
