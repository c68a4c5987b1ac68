using Rsvp.Contracts;
using Rsvp.Hosting.Problems;

namespace Rsvp.Worker.Decisions;

/// <summary>Says a decision in the words of the contract.</summary>
internal static class OutcomeBuilder
{
    public static CommandOutcome Envelope(WorkingSet state, Command command) => new()
    {
        RequestId = command.RequestId,
        Command = command.Name,
        UserId = command.Caller.UserId,
        ActivityId = command.ActivityId,
        SubmittedAt = command.SubmittedAt,
        CompletedAt = state.Now,
    };

    public static CommandOutcome Build(WorkingSet state, Command command, Decision decision)
    {
        var outcome = Envelope(state, command);
        if (decision.Refusal is Refusal refusal)
        {
            var checkedIn = refusal.Code == ProblemCodes.AlreadyCheckedIn ? refusal.ShowsRsvp : null;
            return outcome with
            {
                Problem = new ProblemDocument
                {
                    Code = refusal.Code,
                    Detail = refusal.Detail,
                    Rsvp = refusal.ShowsRsvp is RsvpState shown ? Document(state, shown) : null,
                    CheckedInAt = checkedIn?.CheckedInAt,
                    CheckedInBy = checkedIn?.CheckedInBy,
                },
                Results = Results(state, decision),
            };
        }

        return outcome with
        {
            Created = decision.Created,
            GroupId = decision.GroupId,
            Results = Results(state, decision),
            Rsvp = decision.Rsvp is RsvpState rsvp ? Document(state, rsvp) : null,
            Activity = decision.ShowsActivity ? Document(state.Activities[decision.Activity.Id]) : null,
        };
    }

    private static IReadOnlyList<MemberResult>? Results(WorkingSet state, Decision decision) => decision.Members is null
        ? null
        : [.. decision.Members.Select(member => new MemberResult
        {
            UserId = member.UserId,
            RsvpId = member.RsvpId,
            Rsvp = member.Rsvp is RsvpState rsvp ? Document(state, rsvp) : null,
            Problem = member.Refusal is Refusal refusal
                ? new ProblemDocument { Code = refusal.Code, Rsvp = refusal.ShowsRsvp is RsvpState shown ? Document(state, shown) : null }
                : null,
        })];

    public static RsvpDocument Document(WorkingSet state, RsvpState rsvp) => new()
    {
        Id = rsvp.Id,
        ActivityId = rsvp.ActivityId,
        UserId = rsvp.UserId,
        Status = StatusName(rsvp.Status),
        GuestCount = rsvp.GuestCount,
        PartySize = rsvp.PartySize,
        SpecialRequirements = rsvp.SpecialRequirements,
        WaitlistPosition = state.Line(rsvp.ActivityId).PositionOf(rsvp.Place),
        OfferExpiresAt = rsvp.OfferExpiresAt,
        GroupId = rsvp.GroupId,
        CheckedIn = rsvp.CheckedInAt is not null,
        CheckInTime = rsvp.CheckedInAt,
        CreatedAt = rsvp.CreatedAt,
        UpdatedAt = rsvp.UpdatedAt,
        Version = rsvp.Version,
    };

    public static ActivityDocument Document(ActivityState activity) => new()
    {
        Id = activity.Id,
        Title = activity.Settings.Title,
        Status = activity.CancelledAt is null ? "scheduled" : "cancelled",
        StartsAt = activity.Settings.StartsAt,
        EndsAt = activity.Settings.EndsAt,
        Capacity = activity.Settings.Capacity,
        MaxPartySize = activity.Settings.MaxPartySize,
        MaxGroupSize = activity.Settings.MaxGroupSize,
        WaitlistEnabled = activity.Settings.WaitlistEnabled,
        WaitlistLimit = activity.Settings.WaitlistLimit,
        SkipLimit = activity.Settings.SkipLimit,
        PromotionMode = activity.Settings.PromotionMode,
        OfferMinutes = activity.Settings.OfferMinutes,
        PromotionCutoffMinutes = activity.Settings.PromotionCutoffMinutes,
        RegistrationOpensAt = activity.Settings.RegistrationOpensAt,
        RegistrationClosesAt = activity.RegistrationClosesAt,
        ParticipantsVisible = activity.Settings.ParticipantsVisible,
        Confirmed = activity.Confirmed,
        Offered = activity.Offered,
        Available = activity.Free,
        Waitlisted = activity.Waitlisted,
        CheckedIn = activity.CheckedIn,
        WaitlistLength = activity.WaitlistedPlaces,
        CreatedAt = activity.CreatedAt,
        UpdatedAt = activity.UpdatedAt,
        Version = activity.Version,
    };

    public static CapacityDocument Capacity(ActivityState activity) => new()
    {
        ActivityId = activity.Id,
        Capacity = activity.Settings.Capacity,
        Confirmed = activity.Confirmed,
        Offered = activity.Offered,
        Available = activity.Free,
        Waitlisted = activity.Waitlisted,
        CheckedIn = activity.CheckedIn,
        Version = activity.Version,
    };

    public static string StatusName(RsvpStatus status) => status switch
    {
        RsvpStatus.Confirmed => "confirmed",
        RsvpStatus.Waitlisted => "waitlisted",
        RsvpStatus.Offered => "offered",
        RsvpStatus.Cancelled => "cancelled",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    public static RsvpStatus StatusOf(string name) => name switch
    {
        "confirmed" => RsvpStatus.Confirmed,
        "waitlisted" => RsvpStatus.Waitlisted,
        "offered" => RsvpStatus.Offered,
        "cancelled" => RsvpStatus.Cancelled,
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
