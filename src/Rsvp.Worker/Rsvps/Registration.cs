using Rsvp.Hosting.Problems;
using Rsvp.Worker.Decisions;

namespace Rsvp.Worker.Rsvps;

/// <summary>The window in which new RSVPs and growth are taken; closed at its closing instant.</summary>
internal static class Registration
{
    /// <summary>Why asking is not possible now; null when it is.</summary>
    public static string? Refusal(ActivityState activity, DateTimeOffset now)
    {
        if (activity.CancelledAt is not null) return ProblemCodes.ActivityCancelled;
        if (now < activity.Settings.RegistrationOpensAt) return ProblemCodes.RegistrationNotOpen;
        if (now >= activity.RegistrationClosesAt) return ProblemCodes.RegistrationClosed;
        return null;
    }
}
