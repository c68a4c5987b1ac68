using Rsvp.Contracts;
using Rsvp.Worker.Decisions;

namespace Rsvp.Worker.Rsvps;

/// <summary>RFC 9110, section 13.1.1: <c>If-Match</c>, judged before all rules but existence.</summary>
internal static class Precondition
{
    /// <summary>Whether the RSVP is at the version asked for; <c>*</c> asks for any active one.</summary>
    public static bool Holds(IfMatch? ifMatch, RsvpState rsvp) =>
        ifMatch is null || (ifMatch.Version is long version ? version == rsvp.Version : rsvp.IsActive);
}
