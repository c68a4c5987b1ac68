using Rsvp.Hosting.Problems;
using Rsvp.Worker.Decisions;

namespace Rsvp.Worker.Waitlist;

/// <summary>A waiting party that a host names, or why it cannot be meant.</summary>
/// <param name="RsvpId">The RSVP named.</param>
/// <param name="UserId">Its owner; empty when nobody knows the RSVP.</param>
/// <param name="Party">The party; null when refused.</param>
/// <param name="Mates">The others that wait in its place.</param>
/// <param name="Refusal">Why not; null when it waits.</param>
internal sealed record NamedParty(Guid RsvpId, Guid UserId, RsvpState? Party, IReadOnlyList<RsvpState> Mates, string? Refusal)
{
    /// <summary>Finds the parties named, in the order named.</summary>
    /// <param name="rsvpIds">The RSVPs.</param>
    /// <param name="find">An RSVP of the activity by id; null when it has none such.</param>
    /// <param name="matesOf">Those who wait in a party's place.</param>
    public static IReadOnlyList<NamedParty> Of(
        IReadOnlyList<Guid> rsvpIds, Func<Guid, RsvpState?> find, Func<RsvpState, IReadOnlyList<RsvpState>> matesOf)
    {
        var seen = new HashSet<Guid>();
        return [.. rsvpIds.Select(id => find(id) switch
        {
            null => Refused(id, Guid.Empty, ProblemCodes.RsvpNotFound),
            var party when !seen.Add(id) => Refused(id, party.UserId, ProblemCodes.DuplicateMember),
            { Place: null } party => Refused(id, party.UserId, ProblemCodes.RsvpNotWaiting),
            var party => new NamedParty(id, party.UserId, party, matesOf(party), null),
        })];
    }

    /// <summary>What is said about it: why it was refused, or how it is now.</summary>
    /// <param name="now">The party after the command; null when it was refused.</param>
    /// <param name="refusal">Why it was refused by the command, if not before.</param>
    public MemberDecision Answer(RsvpState? now, string? refusal = null) =>
        new(UserId, now, (Refusal ?? refusal) is string code ? new Refusal(code) : null) { RsvpId = RsvpId };

    private static NamedParty Refused(Guid rsvpId, Guid userId, string code) => new(rsvpId, userId, null, [], code);
}
