using Rsvp.Contracts;
using Rsvp.Worker.Decisions;
using Rsvp.Worker.Rsvps;

namespace Rsvp.Worker.Tests.Decisions;

/// <summary>Small worlds for decision tests.</summary>
internal static class Given
{
    public static readonly DateTimeOffset Now = new(2031, 5, 1, 12, 0, 0, TimeSpan.Zero);

    public static ActivitySettings Settings(int? capacity) =>
        new() { Title = "Chess night", StartsAt = Now.AddDays(7), Capacity = capacity };

    public static ActivityState Activity(int? capacity) => Activity(Settings(capacity));

    public static ActivityState Activity(ActivitySettings settings) => new()
    {
        Id = Guid.NewGuid(),
        Settings = settings,
        LogSeq = 1,
        Version = 1,
        CreatedAt = Now,
        UpdatedAt = Now,
    };

    /// <summary>The activity after parties of these sizes asked, one after the other.</summary>
    public static (ActivityState Activity, List<RsvpState> Parties) After(ActivityState activity, params int[] partySizes)
    {
        var parties = new List<RsvpState>();
        foreach (var size in partySizes)
        {
            var decision = Submit(activity, null, size);
            activity = decision.Activity;
            parties.Add(decision.Rsvp!);
        }

        return (activity, parties);
    }

    public static Decision Submit(ActivityState activity, RsvpState? existing, int partySize, bool rejectIfFull = false, DateTimeOffset? at = null) =>
        SubmitDecision.Decide(
            activity,
            existing,
            Asking(existing?.UserId ?? Guid.NewGuid(), partySize),
            rejectIfFull,
            new EntryIds(Guid.NewGuid()),
            at ?? Now);

    public static Asking Asking(Guid userId, int partySize) => new(userId, partySize - 1, SpecialRequirements: null, Actor.Self(userId));

    public static Decision Resize(ActivityState activity, RsvpState existing, int partySize, IfMatch? ifMatch = null, DateTimeOffset? at = null) =>
        UpdateDecision.Decide(activity, existing, mates: [], new UpdateRsvp { GuestCount = partySize - 1 }, ifMatch, at ?? Now);

    public static Decision Cancel(ActivityState activity, RsvpState? existing, IfMatch? ifMatch = null) =>
        CancelDecision.Decide(activity, existing, mates: [], Leaves(existing), ifMatch, Now);

    private static DepartureCause Leaves(RsvpState? party) => new(LogActions.Cancelled, Rules.Cancel, Actor.Self(party?.UserId ?? Guid.Empty));
}
