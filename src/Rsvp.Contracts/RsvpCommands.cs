namespace Rsvp.Contracts;

/// <summary>Asks for a party's place in an activity.</summary>
public sealed record SubmitRsvp
{
    /// <summary>People the caller brings along; 0 to 99. Party size is this plus one.</summary>
    public int GuestCount { get; init; }

    /// <summary>Free text of at most 1,000 code points; null when there is none.</summary>
    public string? SpecialRequirements { get; init; }

    /// <summary>True: be refused with <c>activity_full</c> rather than wait in line.</summary>
    public bool RejectIfFull { get; init; }
}

/// <summary>Changes a party; what is not mentioned stays.</summary>
public sealed record UpdateRsvp
{
    /// <summary>The new number of guests; null keeps it.</summary>
    public int? GuestCount { get; init; }

    /// <summary>True when <see cref="SpecialRequirements"/> replaces the stored text, null included.</summary>
    public bool SetsSpecialRequirements { get; init; }

    /// <summary>The new text; null clears it when <see cref="SetsSpecialRequirements"/>.</summary>
    public string? SpecialRequirements { get; init; }
}

/// <summary>Gives a party's place back.</summary>
public sealed record CancelRsvp
{
    /// <summary>Why, at most 500 code points; null when not said.</summary>
    public string? Reason { get; init; }
}

/// <summary>One pass: lets in, in line order, every waiting place that the policy allows.</summary>
/// <remarks>Sent by the promotion saga. A repeated pass finds nothing left to do.</remarks>
public sealed record RunPass
{
    /// <summary>Numbers the passes of one activity's saga, so that a late answer is told from the one awaited.</summary>
    public long PassNumber { get; init; }
}
