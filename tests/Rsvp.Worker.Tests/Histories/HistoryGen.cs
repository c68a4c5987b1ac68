using CsCheck;

namespace Rsvp.Worker.Tests.Histories;

/// <summary>Random histories: few users, small capacities, everything that can meet meets.</summary>
internal static class HistoryGen
{
    private const int Users = NaiveActivity.Stranger;
    private const int StepsMax = 40;
    private const int CrowdMax = 12;
    private const int SeatedMax = 5;

    private static readonly Gen<int?> SmallOrNull = Gen.Frequency((5, Gen.Int[0, 6].Select(value => (int?)value)), (1, Gen.Const((int?)null)));

    private static readonly Gen<Match> Matches = Gen.Frequency(
        (6, Gen.Const(Match.None)), (1, Gen.Const(Match.Any)), (2, Gen.Long[1, 4].Select(Match.At)));

    private static readonly Gen<Step> Submits = Gen.Select(
        Gen.Int[0, Users - 1],
        Gen.Int[1, 5],
        Gen.Frequency((5, Gen.Const(false)), (1, Gen.Const(true))),
        Gen.Frequency((4, Gen.Const((int?)null)), (1, Gen.Int[0, 1].Select(key => (int?)key))),
        (user, size, rejects, key) => (Step)new Step.Submit(user, size, rejects, key));

    private static readonly Gen<Step> Updates = Gen.Select(
        Gen.Int[0, Users - 1],
        Gen.Frequency((4, Gen.Int[1, 5].Select(size => (int?)size)), (1, Gen.Const((int?)null))),
        Gen.Frequency((3, Gen.Const((string?)null)), (1, Gen.OneOf(Gen.Const((string?)""), Gen.Const((string?)"vegan")))),
        Matches,
        (user, size, text, match) => (Step)new Step.Update(user, size, text, match));

    private static readonly Gen<Step> Cancels = Gen.Select(
        Gen.Int[0, Users - 1], Matches, (user, match) => (Step)new Step.Cancel(user, match));

    private static readonly Gen<Step> Changes = Gen.Select(
        Gen.Frequency((8, Gen.Const(true)), (1, Gen.Const(false))),
        Gen.Frequency(
            (4, Gen.Const(Setting.Capacity)),
            (2, Gen.Const(Setting.SkipLimit)),
            (1, Gen.OneOf(Gen.Const(Setting.WaitlistLimit), Gen.Const(Setting.WaitlistEnabled), Gen.Const(Setting.MaxPartySize), Gen.Const(Setting.CutoffMinutes), Gen.Const(Setting.PromotionMode)))),
        SmallOrNull,
        (byHost, setting, value) => (Step)new Step.Change(byHost, setting, value));

    private static readonly Gen<GroupParty[]> Members = Gen.Select(
        Gen.Frequency((12, Gen.Int[0, Users - 1]), (1, Gen.Const(NaiveActivity.Stranger))),
        Gen.Int[1, 3],
        (user, size) => new GroupParty(user, size)).Array[1, 4];

    private static readonly Gen<Step> Groups = Gen.Select(
        Gen.Int[0, Users - 1],
        Gen.Frequency((3, Gen.Const(false)), (1, Gen.Const(true))),
        Members,
        Gen.Frequency((3, Gen.Const(true)), (2, Gen.Const(false))),
        Gen.Frequency((5, Gen.Const(false)), (1, Gen.Const(true))),
        (caller, byHost, members, allOrNothing, rejects) => (Step)new Step.Group(
            caller, byHost, [.. members.DistinctBy(member => member.User).Concat(rejects ? members.Take(1) : [])], allOrNothing, rejects));

    private static readonly Gen<Step> GroupCancels = Gen.Select(
        Gen.Int[0, Users - 1], Gen.Bool, Gen.Int[0, 3], (caller, byHost, which) => (Step)new Step.CancelGroup(caller, byHost, which));

    private static readonly Gen<Step> Replies = Gen.Select(
        Gen.Int[0, Users - 1],
        Gen.Bool,
        (user, accepts) => accepts ? (Step)new Step.Accept(user) : new Step.Decline(user));

    private static readonly Gen<int[]> Some = Gen.Int[0, Users - 1].Array[1, 3];

    private static readonly Gen<Step> Promotions = Gen.Frequency(
        (2, Gen.Select(Gen.Frequency((5, Gen.Const(true)), (1, Gen.Const(false))), Gen.Int[1, 3], (byHost, count) => (Step)new Step.Promote(byHost, count))),
        (3, Gen.Select(Some, Gen.Bool, (users, overrides) => (Step)new Step.PromoteNamed(users, overrides))));

    private static readonly Gen<Step> Bulks = Gen.Select(
        Gen.OneOf(Gen.Const("promote"), Gen.Const("remove"), Gen.Const("move"), Gen.Const("move"), Gen.Const("move")),
        Some,
        Gen.Int[1, 6],
        Gen.Frequency((4, Gen.Const(false)), (1, Gen.Const(true))),
        (action, users, to, dryRun) => (Step)new Step.Bulk(action, users, to, dryRun));

    private static readonly Gen<Step> Removals = Gen.Select(Gen.Int[0, Users - 1], Matches, (user, match) => (Step)new Step.Remove(user, match));

    private static readonly Gen<Step> Scans = Gen.Select(Gen.Int[0, Users - 1], Gen.Bool, (user, undoes) => (Step)new Step.Scan(user, undoes));

    private static readonly Gen<Step> WalkIns = Gen.Select(
        Gen.Int[0, Users], Gen.Int[1, 5], (user, size) => (Step)new Step.WalkIn(user, size));

    private static readonly Gen<Step> Releases = Gen.Const((Step)new Step.Release());

    private static readonly Gen<Step> Expiries = Gen.Const((Step)new Step.Expire());

    private static readonly Gen<Step> Passes = Gen.Const((Step)new Step.Pass());

    private static readonly Gen<Step> Agains = Gen.Int[1, 5].Select(back => (Step)new Step.Again(back));

    private static readonly Gen<Step> Waits = Gen.Frequency((3, Gen.Int[1, 4]), (1, Gen.Const(NaiveActivity.StartsAfterHours))).Select(hours => (Step)new Step.Wait(hours));

    /// <summary>Histories in which time stands still, for those whose clock is a real one.</summary>
    public static readonly Gen<History> AtOneTime = Of(
        Gen.Frequency(
            (4, Submits), (4, Groups), (4, Updates), (5, Cancels), (1, GroupCancels), (3, Replies), (2, Changes), (6, Passes), (2, Expiries), (1, Agains),
            (2, Promotions), (4, Bulks), (1, Removals), (2, Scans), (1, WalkIns), (1, Releases)));

    /// <summary>Histories in which windows close and the cut-off comes.</summary>
    public static readonly Gen<History> OverTime = Of(
        Gen.Frequency(
            (8, Submits), (8, Groups), (8, Updates), (10, Cancels), (2, GroupCancels), (6, Replies), (4, Changes), (12, Passes), (4, Expiries), (2, Agains), (1, Waits),
            (4, Promotions), (8, Bulks), (2, Removals), (4, Scans), (2, WalkIns), (3, Releases)));

    // Some leave, or the house becomes larger or smaller, and then there is a pass: seats come free one at a time and in handfuls.
    private static readonly Gen<(Step Step, bool Cut)[]> Rounds = Gen.Select(
        Gen.Select(
            Gen.Frequency(
                (8, Gen.Int[0, Users - 1].Select(user => (Step)new Step.Cancel(user, Match.None))),
                (2, Gen.Select(Gen.Int[0, Users - 1], Gen.Int[1, 4], (user, size) => (Step)new Step.Submit(user, size, RejectIfFull: false, Key: null))),
                (1, Gen.Select(Gen.Int[0, Users - 1], Gen.Int[1, 4], (user, size) => (Step)new Step.Update(user, size, Text: null, Match.None))),
                (1, Gen.Int[2, 7].Select(capacity => (Step)new Step.Change(ByHost: true, Setting.Capacity, capacity))),
                (1, Gen.Int[0, 2].Select(limit => (Step)new Step.Change(ByHost: true, Setting.SkipLimit, limit)))),
            Gen.Bool).Array[1, 5],
        Gen.Bool,
        (steps, cut) => steps.Append((new Step.Pass(), cut)).ToArray());

    /// <summary>Histories of a full house and a line of large and small parties: large ones are overtaken until the skip limit stops the line at them.</summary>
    public static readonly Gen<History> OfLines = Gen.Select(
        Gen.Select(Gen.Int[3, 6], Gen.Int[0, 2], (capacity, skipLimit) => new Beginning(capacity, skipLimit, Offers: false, OfferHours: 0)),
        Gen.Frequency((4, Gen.Const(1)), (1, Gen.Const(2))).Array[SeatedMax],
        Gen.Frequency((3, Gen.Const(1)), (1, Gen.Const(2)), (2, Gen.Const(3)), (1, Gen.Const(4))).Array[Users - SeatedMax],
        Rounds.Array[2, 6],
        (beginning, seated, waiting, rounds) =>
        {
            (Step Step, bool Cut)[] steps =
            [
                .. seated.Concat(waiting).Select((size, user) => ((Step)new Step.Submit(user, size, RejectIfFull: false, Key: null), user == Users - 1)),
                .. rounds.SelectMany(round => round),
            ];
            return new History(beginning, [.. steps.Select(one => one.Step)], [.. steps.Select(one => one.Cut)]);
        });

    // A crowd asks first, so that there is a line; low skip limits, so that it stops.
    private static Gen<History> Of(Gen<Step> steps) => Gen.Select(
        Gen.Select(
            SmallOrNull,
            Gen.Frequency((4, Gen.Int[0, 2].Select(limit => (int?)limit)), (1, SmallOrNull)),
            Gen.Bool,
            Gen.Int[0, 1],
            (capacity, skipLimit, offers, offerHours) => new Beginning(capacity, skipLimit, offers, offerHours)),
        Gen.Frequency((3, Submits), (1, Groups)).Array[0, CrowdMax],
        Gen.Select(steps, Gen.Bool).Array[1, StepsMax],
        (beginning, crowd, cutSteps) => new History(
            beginning,
            [.. crowd, .. cutSteps.Select(pair => pair.Item1)],
            [.. crowd.Select(_ => false), .. cutSteps.Select(pair => pair.Item2)]));
}
