using Rsvp.Worker.Decisions;

namespace Rsvp.Worker.Waitlist;

/// <summary>What a pass needs to know of the line, in line order.</summary>
/// <param name="Places">The places that may matter: those that fit the seats free at the start, and the first that does not and is no larger than the capacity.</param>
/// <param name="Overtakes">Places that earlier passes let in, by the order in line that they left; the last ones are enough.</param>
/// <param name="IsComplete">False when there are more places that fit than were loaded.</param>
internal sealed record Line(IReadOnlyList<WaitingPlace> Places, IReadOnlyList<Overtake> Overtakes, bool IsComplete);

/// <summary>A place in line with everybody in it.</summary>
/// <param name="Place">Order and size.</param>
/// <param name="Parties">One party, or all of a waiting group.</param>
/// <param name="Ahead">Places ahead of it; null when they were too many to be counted.</param>
internal sealed record WaitingPlace(LinePlace Place, IReadOnlyList<RsvpState> Parties, int? Ahead);

/// <summary>A place that a pass let in.</summary>
/// <param name="LineKey">The order in line that it left.</param>
/// <param name="Seq">The log seq of leaving.</param>
internal readonly record struct Overtake(long LineKey, long Seq);
