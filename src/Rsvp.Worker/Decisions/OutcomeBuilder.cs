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
        HashSet<Guid>? logged = null;
        if (decision.Refusal is Refusal refusal)
        {
            var checkedIn = refusal.Code == ProblemCodes.AlreadyCheckedIn ? refusal.ShowsRsvp : null;
            return outcome with
            {
                Problem = new ProblemDocument
                {
                    Code = refusal.Code,
                    Detail = refusal.Detail,
                    Rsvp = Shown(refusal.ShowsRsvp),
                    CheckedInAt = checkedIn?.CheckedInAt,
                    CheckedInBy = checkedIn?.CheckedInBy,
                },
                Results = Results(),
            };
        }

        return outcome with
        {
            Created = decision.Created,
            GroupId = decision.GroupId,
            Results = Results(),
            Rsvp = Shown(decision.Rsvp),
            Activity = decision.ShowsActivity ? Document(state.Activities[decision.Activity.Id]) : null,
        };

        IReadOnlyList<MemberResult>? Results() => decision.Members is null
            ? null
            : [.. decision.Members.Select(member => new MemberResult
            {
                UserId = member.UserId,
                RsvpId = member.RsvpId,
                Rsvp = Shown(member.Rsvp),
                Problem = member.Refusal is Refusal refusal ? new ProblemDocument { Code = refusal.Code, Rsvp = Shown(refusal.ShowsRsvp) } : null,
            })];

        // An outcome is kept. Where the log has no row by which it is found when somebody is erased, it has none of their words; their own is theirs to read.
        RsvpDocument? Shown(RsvpState? rsvp) => rsvp switch
        {
            null => null,
            _ when rsvp.UserId == command.Caller.UserId || IsLogged(rsvp.Id) => Document(state, rsvp),
            _ => Document(state, rsvp) with { SpecialRequirements = null },
        };

        bool IsLogged(Guid rsvpId) =>
            command is not { BulkWaitlist.DryRun: true } && (logged ??= [.. decision.Log.Select(entry => entry.After?.Id).OfType<Guid>()]).Contains(rsvpId);
    }

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
