using Rsvp.Worker.Decisions;

namespace Rsvp.Worker.Rsvps;

/// <summary>One party's step: the activity and the party after it, and the row of the log that tells of it.</summary>
internal readonly record struct PartyStep(ActivityState Activity, RsvpState Rsvp, LogEntry Entry);

/// <summary>What a party asks for.</summary>
/// <param name="UserId">Whose party it is.</param>
/// <param name="GuestCount">People it brings along.</param>
/// <param name="SpecialRequirements">Free text.</param>
/// <param name="Actor">Who asks.</param>
internal sealed record Asking(Guid UserId, int GuestCount, string? SpecialRequirements, Actor Actor)
{
    public int PartySize => GuestCount + 1;

    /// <summary>Whether who asks may see the RSVP: its owner, or a host.</summary>
    public bool MaySeeRsvp => Actor.IsHost || Actor.UserId == UserId;
}

/// <summary>A party comes in: confirmed, or at the end of the line.</summary>
internal static class Entry
{
    /// <param name="activity">The activity before.</param>
    /// <param name="existing">The user's ended RSVP; null when there never was one.</param>
    /// <param name="asking">The party.</param>
    /// <param name="place">Where it comes to stand.</param>
    /// <param name="rule">Why.</param>
    /// <param name="now">The database's clock.</param>
    public static PartyStep Step(ActivityState activity, RsvpState? existing, Asking asking, EntryPlace place, string rule, DateTimeOffset now)
    {
        var waits = place.InLine is not null;
        var seq = activity.LogSeq + 1;
        var rsvp = new RsvpState
        {
            Id = place.RsvpId,
            ActivityId = activity.Id,
            UserId = asking.UserId,
            Status = waits ? RsvpStatus.Waitlisted : RsvpStatus.Confirmed,
            GuestCount = asking.GuestCount,
            SpecialRequirements = asking.SpecialRequirements,
            GroupId = place.GroupId,
            PlaceId = place.PlaceId,
            Place = place.InLine,
            CheckedInAt = place.CheckedInBy is null ? null : now,
            CheckedInBy = place.CheckedInBy,
            Version = (existing?.Version ?? 0) + 1,
            CreatedAt = existing?.CreatedAt ?? now,
            UpdatedAt = now,
        };
        var after = activity.Recount(existing, rsvp, placesChange: place.IsNewInLine ? 1 : 0) with
        {
            LogSeq = seq,
            NextLineKey = activity.NextLineKey + (place.IsNewInLine ? ActivityState.LineStep : 0),
        };
        return new PartyStep(after, rsvp, new LogEntry
        {
            Seq = seq,
            Action = waits ? LogActions.Waitlisted : LogActions.Confirmed,
            Rule = rule,
            UserId = asking.UserId,
            Before = existing,
            After = rsvp,
            Spots = rsvp.PartySize,
            SpotsAffected = rsvp.SeatsTaken,
            FreeBefore = activity.Free,
            LineKey = rsvp.Place?.LineKey,
            Actor = asking.Actor,
        });
    }

    /// <summary>The row that says that somebody was turned away: statistics count what was refused too.</summary>
    public static LogEntry Refused(ActivityState activity, RsvpState? existing, Asking asking, string code) => new()
    {
        Seq = activity.LogSeq + 1,
        Action = LogActions.Refused,
        Rule = Rules.Refused,
        Code = code,
        UserId = asking.UserId,
        Before = existing,
        After = existing,
        Spots = asking.PartySize,
        FreeBefore = activity.Free,
        Actor = asking.Actor,
    };
}

/// <summary>Where a party comes to stand.</summary>
/// <param name="RsvpId">The RSVP.</param>
/// <param name="PlaceId">The RSVP, or the group that stands as one.</param>
/// <param name="GroupId">The group it came with; null when alone.</param>
/// <param name="InLine">The place in line; null when confirmed.</param>
/// <param name="IsNewInLine">Whether the place is new in line: not for the second member of a group.</param>
internal sealed record EntryPlace(Guid RsvpId, Guid PlaceId, Guid? GroupId, LinePlace? InLine, bool IsNewInLine)
{
    /// <summary>Who saw the party come in at the door; null when it only asked.</summary>
    public Guid? CheckedInBy { get; init; }
}
