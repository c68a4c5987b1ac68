using Rsvp.Worker.Decisions;

namespace Rsvp.Worker.Rsvps;

/// <summary>A party's RSVP ends, whoever ends it: its seats and its place in line are free from here on.</summary>
internal static class Departure
{
    /// <param name="activity">The activity before.</param>
    /// <param name="party">The party; active.</param>
    /// <param name="mates">The others that wait in the same place; empty unless a group waits as one.</param>
    /// <param name="cause">Why and by whom.</param>
    /// <param name="now">The database's clock.</param>
    public static PartyStep Step(ActivityState activity, RsvpState party, IReadOnlyList<RsvpState> mates, DepartureCause cause, DateTimeOffset now)
    {
        var seq = activity.LogSeq + 1;
        var rsvp = party with
        {
            Status = RsvpStatus.Cancelled,
            SpecialRequirements = cause.Erases ? null : party.SpecialRequirements,
            Place = null,
            OfferExpiresAt = null,
            OfferRemindAt = null,
            OfferExpired = cause.Action == LogActions.OfferExpired,
            OverrideSpots = 0,
            CheckedInAt = null,
            CheckedInBy = null,
            Version = party.Version + 1,
            UpdatedAt = now,
        };
        var leavesPlace = party.Place is not null && mates.Count == 0;
        var after = activity.Recount(party, rsvp, placesChange: leavesPlace ? -1 : 0) with { LogSeq = seq };
        return new PartyStep(after, rsvp, new LogEntry
        {
            Seq = seq,
            Action = cause.Action,
            Rule = cause.Rule,
            UserId = party.UserId,
            Before = party,
            After = rsvp,
            Spots = party.PartySize,
            SpotsAffected = -party.SeatsTaken,
            FreeBefore = activity.Free,
            LineKey = party.Place?.LineKey,
            Reason = cause.Reason,
            Actor = cause.Actor,
        });
    }

    /// <summary>The parties that stay behind in a waiting place, which is smaller now.</summary>
    public static IReadOnlyList<RsvpState> StayBehind(RsvpState leaver, IReadOnlyList<RsvpState> mates) =>
        [.. mates.Select(mate => mate with { Place = mate.Place! with { Spots = mate.Place.Spots - leaver.PartySize } })];
}

/// <summary>Why an RSVP ends.</summary>
/// <param name="Action">What the log calls it.</param>
/// <param name="Rule">The rule.</param>
/// <param name="Actor">Who does it.</param>
/// <param name="Reason">What was said about it.</param>
/// <param name="Erases">Whether what the user wrote goes too.</param>
internal sealed record DepartureCause(string Action, string Rule, Actor Actor, string? Reason = null, bool Erases = false);
