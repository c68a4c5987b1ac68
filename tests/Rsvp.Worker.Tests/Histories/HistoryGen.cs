using CsCheck;

namespace Rsvp.Worker.Tests.Histories;

/// <summary>Random histories: few users, small capacities, everything that can meet meets.</summary>
internal static class HistoryGen
{
    private const int Users = 9;
    private const int StepsMax = 40;
    private const int CrowdMax = 12;

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
            (1, Gen.OneOf(Gen.Const(Setting.WaitlistLimit), Gen.Const(Setting.WaitlistEnabled), Gen.Const(Setting.MaxPartySize), Gen.Const(Setting.CutoffMinutes)))),
        SmallOrNull,
        (byHost, setting, value) => (Step)new Step.Change(byHost, setting, value));

    private static readonly Gen<Step> Passes = Gen.Const((Step)new Step.Pass());

    private static readonly Gen<Step> Agains = Gen.Int[1, 5].Select(back => (Step)new Step.Again(back));

    private static readonly Gen<Step> Waits = Gen.Int[1, 4].Select(hours => (Step)new Step.Wait(hours));

    /// <summary>Histories in which time stands still, for those whose clock is a real one.</summary>
    public static readonly Gen<History> AtOneTime = Of(
        Gen.Frequency((4, Submits), (4, Updates), (6, Cancels), (2, Changes), (6, Passes), (1, Agains)));

    /// <summary>Histories in which windows close and the cut-off comes.</summary>
    public static readonly Gen<History> OverTime = Of(
        Gen.Frequency((8, Submits), (8, Updates), (12, Cancels), (4, Changes), (12, Passes), (2, Agains), (1, Waits)));

    // A crowd asks first, so that there is a line; low skip limits, so that it stops.
    private static Gen<History> Of(Gen<Step> steps) => Gen.Select(
        SmallOrNull,
        Gen.Frequency((4, Gen.Int[0, 2].Select(limit => (int?)limit)), (1, SmallOrNull)),
        Submits.Array[0, CrowdMax],
        Gen.Select(steps, Gen.Bool).Array[1, StepsMax],
        (capacity, skipLimit, crowd, cutSteps) => new History(
            capacity,
            skipLimit,
            [.. crowd, .. cutSteps.Select(pair => pair.Item1)],
            [.. crowd.Select(_ => false), .. cutSteps.Select(pair => pair.Item2)]));
}
