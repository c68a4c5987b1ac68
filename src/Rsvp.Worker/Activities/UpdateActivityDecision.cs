using Rsvp.Contracts;
using Rsvp.Hosting.Problems;
using Rsvp.Worker.Decisions;

namespace Rsvp.Worker.Activities;

/// <summary>A host changes settings, capacity included, in one step.</summary>
internal static class UpdateActivityDecision
{
    /// <param name="activity">The activity as the commands before this one left it.</param>
    /// <param name="userId">Who changes it.</param>
    /// <param name="isHost">Whether that is a host or an admin, by what is committed now; the token may be older.</param>
    /// <param name="command">What is to change; each value within its bounds.</param>
    /// <param name="now">The database's clock.</param>
    public static Decision Decide(ActivityState activity, Guid userId, bool isHost, UpdateActivity command, DateTimeOffset now)
    {
        if (!isHost) return Refuse(ProblemCodes.NotHost);
        if (activity.CancelledAt is not null) return Refuse(ProblemCodes.ActivityCancelled);

        var settings = Merge(activity.Settings, command);
        if (settings == activity.Settings) return Decision.Nothing(activity, null) with { ShowsActivity = true };
        if (settings.EndsAt < settings.StartsAt) return Refuse(ProblemCodes.InvalidSettings, "endsAt is before startsAt.");
        if ((settings.RegistrationClosesAt ?? settings.StartsAt) <= settings.RegistrationOpensAt)
        {
            return Refuse(ProblemCodes.InvalidSettings, "registrationClosesAt (by default startsAt) is not after registrationOpensAt.");
        }

        // Nobody is demoted silently: what is taken stays taken.
        var taken = activity.Confirmed + activity.Offered - activity.Overridden;
        if (settings.Capacity < taken && settings.Capacity != activity.Settings.Capacity)
        {
            return Refuse(ProblemCodes.CapacityBelowTaken, $"{taken} seats are taken.");
        }

        var after = activity with { Settings = settings, LogSeq = activity.LogSeq + 1, UpdatedAt = now };
        return new Decision
        {
            Activity = after,
            Log = [CreateActivityDecision.SettingsEntry(after, LogActions.SettingsChanged, userId, activity.Free)],
            Changed = true,
            ShowsActivity = true,
        };

        Decision Refuse(string code, string? detail = null) => Decision.Refuse(activity, code, detail);
    }

    private static ActivitySettings Merge(ActivitySettings old, UpdateActivity change)
    {
        return old with
        {
            Title = change.Title ?? old.Title,
            StartsAt = change.StartsAt ?? old.StartsAt,
            EndsAt = Clears("endsAt") ? null : change.EndsAt ?? old.EndsAt,
            Capacity = Clears("capacity") ? null : change.Capacity ?? old.Capacity,
            MaxPartySize = change.MaxPartySize ?? old.MaxPartySize,
            MaxGroupSize = change.MaxGroupSize ?? old.MaxGroupSize,
            WaitlistEnabled = change.WaitlistEnabled ?? old.WaitlistEnabled,
            WaitlistLimit = Clears("waitlistLimit") ? null : change.WaitlistLimit ?? old.WaitlistLimit,
            SkipLimit = Clears("skipLimit") ? null : change.SkipLimit ?? old.SkipLimit,
            PromotionMode = change.PromotionMode ?? old.PromotionMode,
            OfferMinutes = change.OfferMinutes ?? old.OfferMinutes,
            PromotionCutoffMinutes = change.PromotionCutoffMinutes ?? old.PromotionCutoffMinutes,
            RegistrationOpensAt = Clears("registrationOpensAt") ? null : change.RegistrationOpensAt ?? old.RegistrationOpensAt,
            RegistrationClosesAt = Clears("registrationClosesAt") ? null : change.RegistrationClosesAt ?? old.RegistrationClosesAt,
            ParticipantsVisible = change.ParticipantsVisible ?? old.ParticipantsVisible,
        };

        bool Clears(string name) => change.Clear.Contains(name);
    }
}
