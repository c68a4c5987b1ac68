namespace Rsvp.Worker.Groups;

/// <summary>Parties that asked together.</summary>
/// <param name="Id">The group.</param>
/// <param name="ActivityId">Its activity.</param>
/// <param name="CreatedBy">Who asked for it, and may cancel it.</param>
/// <param name="AllOrNothing">Whether it stands in line as one place.</param>
internal sealed record GroupState(Guid Id, Guid ActivityId, Guid CreatedBy, bool AllOrNothing);
