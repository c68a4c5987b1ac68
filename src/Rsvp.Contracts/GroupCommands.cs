namespace Rsvp.Contracts;

/// <summary>Asks for places of several parties in one command.</summary>
public sealed record RegisterGroup
{
    /// <summary>True: one refusal refuses all, and the members are confirmed, wait and are promoted together. False: each is decided in order.</summary>
    public required bool AllOrNothing { get; init; }

    /// <summary>1 to 200 parties, in the order in which they are answered.</summary>
    public required IReadOnlyList<GroupMember> Members { get; init; }

    /// <summary>True: be refused with <c>activity_full</c> rather than wait in line.</summary>
    public bool RejectIfFull { get; init; }
}

/// <summary>One party of a group.</summary>
public sealed record GroupMember
{
    /// <summary>Whose party it is.</summary>
    public required Guid UserId { get; init; }

    /// <summary>People the member brings along; 0 to 99.</summary>
    public int GuestCount { get; init; }

    /// <summary>Free text of at most 1,000 code points; null when there is none.</summary>
    public string? SpecialRequirements { get; init; }
}

/// <summary>Gives back the places of all members of a group.</summary>
public sealed record CancelGroup
{
    /// <summary>The group.</summary>
    public required Guid GroupId { get; init; }

    /// <summary>Why, at most 500 code points; null when not said.</summary>
    public string? Reason { get; init; }
}
