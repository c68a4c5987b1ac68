using Rsvp.Hosting.Problems;
using Rsvp.Worker.Decisions;

namespace Rsvp.Worker.Rsvps;

/// <summary>A party asks for its place.</summary>
internal static class SubmitDecision
{
    /// <param name="activity">The activity as the commands before this one left it.</param>
    /// <param name="existing">The user's RSVP to it; null when there never was one.</param>
    /// <param name="asking">What is asked.</param>
    /// <param name="rejectIfFull">True: rather be refused than wait.</param>
    /// <param name="ids">Ids for what is new.</param>
    /// <param name="now">The database's clock.</param>
    public static Decision Decide(
        ActivityState activity, RsvpState? existing, Asking asking, bool rejectIfFull, EntryIds ids, DateTimeOffset now)
    {
        if (existing is { IsActive: true }) return Refuse(ProblemCodes.AlreadyRegistered);
        if (Registration.Refusal(activity, now) is string closed) return Refuse(closed);
        if (asking.PartySize > activity.Settings.MaxPartySize) return Refuse(ProblemCodes.PartyTooLarge);

        var answer = Arrival.Decide(activity, asking.PartySize, rejectIfFull);
        if (answer.Code is string turnedAway) return Refuse(turnedAway);

        var waits = answer.Status == RsvpStatus.Waitlisted;
        var id = existing?.Id ?? ids.RsvpId;
        var inLine = waits ? new LinePlace(activity.NextLineKey, activity.LogSeq + 1, asking.PartySize) : null;
        var step = Entry.Step(activity, existing, asking, new EntryPlace(id, id, ids.GroupId, inLine, IsNewInLine: waits), answer.Rule, now);
        return new Decision { Activity = step.Activity, Log = [step.Entry], Rsvp = step.Rsvp, Created = true, Changed = true };

        Decision Refuse(string code) => new()
        {
            Activity = activity with { LogSeq = activity.LogSeq + 1 },
            Refusal = new Refusal(code, ShowsRsvp: code == ProblemCodes.AlreadyRegistered && asking.MaySeeRsvp ? existing : null),
            Log = [Entry.Refused(activity, existing, asking, code)],
        };
    }
}

/// <summary>Ids for what a command makes.</summary>
/// <param name="RsvpId">The RSVP, if the user has none yet.</param>
/// <param name="GroupId">The group it comes with; null when alone.</param>
internal readonly record struct EntryIds(Guid RsvpId, Guid? GroupId = null);
