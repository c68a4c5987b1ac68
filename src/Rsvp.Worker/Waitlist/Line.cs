using Rsvp.Worker.Decisions;

namespace Rsvp.Worker.Waitlist;

/// <summary>What a pass needs to know of the line, in line order.</summary>
/// <param name="Places">
/// The places that may matter: those that fit the seats free at the start, the first that does not and is no larger than the capacity, and all such
/// that a host moved. Of those that nobody moved, the first was overtaken at least as often as any behind it.
/// </param>
/// <param name="IsComplete">False when there are more places that fit than were loaded.</param>
internal sealed record Line(IReadOnlyList<WaitingPlace> Places, bool IsComplete);

/// <summary>A place in line with everybody in it.</summary>
/// <param name="Place">Order and size.</param>
/// <param name="Parties">One party, or all of a waiting group.</param>
/// <param name="Ahead">Places ahead of it; null when they were too many to be counted.</param>
/// <param name="Overtaken">Places from behind that earlier passes let in since it stands there, counted up to the skip limit.</param>
internal sealed record WaitingPlace(LinePlace Place, IReadOnlyList<RsvpState> Parties, int? Ahead, int Overtaken = 0);
