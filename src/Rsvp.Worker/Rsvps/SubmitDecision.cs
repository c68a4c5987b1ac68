using Rsvp.Contracts;
using Rsvp.Hosting.Problems;
using Rsvp.Worker.Decisions;

namespace Rsvp.Worker.Rsvps;

/// <summary>A party asks for its place.</summary>
internal static class SubmitDecision
{
    /// <param name="activity">The activity as the commands before this one left it.</param>
    /// <param name="existing">The user's RSVP to it; null when there never was one.</param>
    /// <param name="userId">Who asks.</param>
    /// <param name="command">What is asked.</param>
    /// <param name="newId">The id of the RSVP if there is none yet.</param>
    /// <param name="now">The database's clock.</param>
    public static Decision Decide(
        ActivityState activity, RsvpState? existing, Guid userId, SubmitRsvp command, Guid newId, DateTimeOffset now)
    {
        if (existing is { IsActive: true }) return Refuse(ProblemCodes.AlreadyRegistered);
        if (Registration.Refusal(activity, now) is string closed) return Refuse(closed);

        var partySize = command.GuestCount + 1;
        if (partySize > activity.Settings.MaxPartySize) return Refuse(ProblemCodes.PartyTooLarge);

        var answer = Arrival.Decide(activity, partySize, command.RejectIfFull);
        if (answer.Code is string turnedAway) return Refuse(turnedAway);

        var waits = answer.Status == RsvpStatus.Waitlisted;
        var seq = activity.LogSeq + 1;
        var id = existing?.Id ?? newId;
        var rsvp = new RsvpState
        {
            Id = id,
            ActivityId = activity.Id,
            UserId = userId,
            Status = answer.Status!.Value,
            GuestCount = command.GuestCount,
            SpecialRequirements = command.SpecialRequirements,
            PlaceId = id,
            Place = waits ? new LinePlace(activity.NextLineKey, seq, partySize) : null,
            Version = (existing?.Version ?? 0) + 1,
            CreatedAt = existing?.CreatedAt ?? now,
            UpdatedAt = now,
        };
        var after = activity.Recount(existing, rsvp, placesChange: waits ? 1 : 0) with
        {
            LogSeq = seq,
            NextLineKey = activity.NextLineKey + (waits ? ActivityState.LineStep : 0),
        };
        var entry = new LogEntry
        {
            Seq = seq,
            Action = waits ? LogActions.Waitlisted : LogActions.Confirmed,
            Rule = answer.Rule,
            UserId = userId,
            Before = existing,
            After = rsvp,
            Spots = partySize,
            SpotsAffected = rsvp.SeatsTaken,
            FreeBefore = activity.Free,
            LineKey = rsvp.Place?.LineKey,
            Actor = Actor.Self(userId),
        };
        return new Decision { Activity = after, Log = [entry], Rsvp = rsvp, Created = true, Changed = true };

        // Statistics count what was refused too, so a refusal is a row of the log.
        Decision Refuse(string code) => new()
        {
            Activity = activity with { LogSeq = activity.LogSeq + 1 },
            Refusal = new Refusal(code, ShowsRsvp: code == ProblemCodes.AlreadyRegistered ? existing : null),
            Log =
            [
                new LogEntry
                {
                    Seq = activity.LogSeq + 1,
                    Action = LogActions.Refused,
                    Rule = Rules.Refused,
                    Code = code,
                    UserId = userId,
                    Before = existing,
                    After = existing,
                    Spots = command.GuestCount + 1,
                    FreeBefore = activity.Free,
                    Actor = Actor.Self(userId),
                },
            ],
        };
    }
}
