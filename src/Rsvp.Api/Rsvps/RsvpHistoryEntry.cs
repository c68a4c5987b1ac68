using System.Text.Json.Serialization;

namespace Rsvp.Api.Rsvps;

/// <summary>One decision of an activity, as the history of an RSVP and the log for hosts tell it.</summary>
internal sealed record RsvpHistoryEntry
{
    /// <summary>The decision's number among all of the activity.</summary>
    public required long Seq { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>What happened, such as <c>waitlisted</c>, <c>promoted</c> or <c>refused</c>.</summary>
    public required string Action { get; init; }

    /// <summary>The RSVP; null when there is none (settings, and who was refused without one), and in an RSVP's history when it is somebody else's, who is not named.</summary>
    public Guid? RsvpId { get; init; }

    /// <summary><c>self</c>, <c>host</c> or <c>system</c>.</summary>
    public required string Actor { get; init; }

    public string? PreviousStatus { get; init; }

    public string? NewStatus { get; init; }

    /// <summary>People of the party.</summary>
    public required int Spots { get; init; }

    /// <summary>Seats free before the decision; null when unlimited.</summary>
    public int? FreeBefore { get; init; }

    /// <summary>Why it was decided so, such as <c>line_ahead</c>, <c>no_room</c> or <c>pass</c>.</summary>
    public required string Rule { get; init; }

    /// <summary>Why it was refused; null when it was not.</summary>
    public string? Code { get; init; }

    /// <summary>What was said about it; in an RSVP's history only about the RSVP itself.</summary>
    public string? Reason { get; init; }

    /// <summary>Places ahead in line that were passed over because they did not fit; null unless somebody was let in by a pass.</summary>
    public int? Overtook { get; init; }

    /// <summary>Places from behind that were let in while the RSVP stood where this decision put it; null unless it put it in line.</summary>
    public int? OvertakenBy { get; init; }

    /// <summary>Whether somebody who came later was let in past this RSVP by the decision; not in the log for hosts, which is about no one RSVP.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? PassedOver { get; init; }
}
