using Rsvp.Contracts;
using Rsvp.Hosting.Problems;
using Rsvp.Worker.Decisions;
using Rsvp.Worker.Rsvps;

namespace Rsvp.Worker.Groups;

/// <summary>Several parties ask in one command.</summary>
internal static class RegisterGroupDecision
{
    /// <summary>Members of the largest group; a host's may be that large.</summary>
    public const int MembersMax = 200;

    /// <param name="activity">The activity as the commands before this one left it.</param>
    /// <param name="group">Who asks for whom.</param>
    /// <param name="command">What is asked.</param>
    /// <param name="now">The database's clock.</param>
    public static Decision Decide(ActivityState activity, GroupRequest group, RegisterGroup command, DateTimeOffset now)
    {
        List<Member> members = [.. command.Members.Select(group.MemberOf)];
        var sizeMax = group.IsHost ? MembersMax : activity.Settings.MaxGroupSize;
        if (members.Count > sizeMax) return RefuseAll(activity, members, ProblemCodes.GroupTooLarge, $"{members.Count} of at most {sizeMax} members.");
        if (members.DistinctBy(member => member.Asking.UserId).Count() < members.Count) return RefuseAll(activity, members, ProblemCodes.DuplicateMember);

        return command.AllOrNothing
            ? DecideTogether(activity, group, members, command.RejectIfFull, now)
            : DecideEach(activity, group, members, command.RejectIfFull, now);
    }

    /// <summary>One refusal refuses all; otherwise all are confirmed, or all wait in one place.</summary>
    private static Decision DecideTogether(ActivityState activity, GroupRequest group, List<Member> members, bool rejectIfFull, DateTimeOffset now)
    {
        if (Registration.Refusal(activity, now) is string closed) return RefuseAll(activity, members, closed);

        var codes = members.ConvertAll(member => RefusalOf(activity, member));
        if (codes.Find(code => code is not null) is string first)
        {
            return RefuseAll(activity, members, first) with
            {
                Members = [.. members.Zip(codes, (member, code) => member.Refused(code))],
            };
        }

        var people = members.Sum(member => member.Asking.PartySize);
        var answer = Arrival.Decide(activity, people, rejectIfFull);
        if (answer.Code is string turnedAway) return RefuseAll(activity, members, turnedAway);

        var inLine = answer.Status == RsvpStatus.Waitlisted ? new LinePlace(activity.NextLineKey, activity.LogSeq + 1, people) : null;
        var log = new List<LogEntry>();
        var results = new List<MemberDecision>();
        foreach (var (index, member) in members.Index())
        {
            var place = new EntryPlace(member.RsvpId, group.Id, group.Id, inLine, IsNewInLine: inLine is not null && index == 0);
            var step = Entry.Step(activity, member.Existing, member.Asking, place, answer.Rule, now);
            activity = step.Activity;
            log.Add(step.Entry);
            results.Add(new MemberDecision(member.Asking.UserId, step.Rsvp, Refusal: null));
        }

        return new Decision { Activity = activity, Log = log, Members = results, GroupId = group.Id, Created = true, Changed = true };
    }

    /// <summary>Each member as if alone, in order.</summary>
    private static Decision DecideEach(ActivityState activity, GroupRequest group, List<Member> members, bool rejectIfFull, DateTimeOffset now)
    {
        var log = new List<LogEntry>();
        var results = new List<MemberDecision>();
        foreach (var member in members)
        {
            var decision = member.IsKnown
                ? SubmitDecision.Decide(activity, member.Existing, member.Asking, rejectIfFull, new EntryIds(member.RsvpId, group.Id), now)
                : RefuseAll(activity, [member], ProblemCodes.UserNotFound);
            activity = decision.Activity;
            log.AddRange(decision.Log);
            results.Add(new MemberDecision(member.Asking.UserId, decision.Rsvp, decision.Refusal));
        }

        var isAny = results.Exists(result => result.Refusal is null);
        return new Decision
        {
            Activity = activity,
            Log = log,
            Members = results,
            GroupId = isAny ? group.Id : null,
            Created = isAny,
            Changed = isAny,
        };
    }

    private static string? RefusalOf(ActivityState activity, Member member)
    {
        if (!member.IsKnown) return ProblemCodes.UserNotFound;
        if (member.Existing is { IsActive: true }) return ProblemCodes.AlreadyRegistered;
        if (member.Asking.PartySize > activity.Settings.MaxPartySize) return ProblemCodes.PartyTooLarge;
        return null;
    }

    /// <summary>Refuses the command; everybody in it asked in vain, so everybody is a row of the log.</summary>
    private static Decision RefuseAll(ActivityState activity, IReadOnlyList<Member> members, string code, string? detail = null)
    {
        var log = new List<LogEntry>();
        foreach (var member in members.DistinctBy(member => member.Asking.UserId))
        {
            log.Add(Entry.Refused(activity, member.Existing, member.Asking, code));
            activity = activity with { LogSeq = activity.LogSeq + 1 };
        }

        return new Decision { Activity = activity, Log = log, Refusal = new Refusal(code, detail) };
    }
}

/// <summary>Who asks for whom, with what was loaded about them.</summary>
/// <param name="Id">The id of the group, if it is made.</param>
/// <param name="CallerId">Who asks.</param>
/// <param name="IsHost">Whether that is a host or an admin.</param>
/// <param name="Existing">A user's RSVP to the activity; null when there never was one.</param>
/// <param name="IsKnown">Whether there is such a user.</param>
/// <param name="NewId">Makes the id of an RSVP.</param>
internal sealed record GroupRequest(Guid Id, Guid CallerId, bool IsHost, Func<Guid, RsvpState?> Existing, Func<Guid, bool> IsKnown, Func<Guid> NewId)
{
    public Member MemberOf(GroupMember member)
    {
        var existing = Existing(member.UserId);
        var actor = IsHost && member.UserId != CallerId ? Actor.Host(CallerId) : Actor.Self(CallerId);
        return new Member(
            new Asking(member.UserId, member.GuestCount, member.SpecialRequirements, actor), existing, IsKnown(member.UserId), existing?.Id ?? NewId());
    }
}

/// <summary>One member of a group that asks.</summary>
/// <param name="Asking">The party.</param>
/// <param name="Existing">The user's RSVP; null when there never was one.</param>
/// <param name="IsKnown">Whether there is such a user.</param>
/// <param name="RsvpId">The RSVP's id, new or not.</param>
internal sealed record Member(Asking Asking, RsvpState? Existing, bool IsKnown, Guid RsvpId)
{
    /// <summary>What is said to the member of a refused group; without a code only that the group was refused.</summary>
    public MemberDecision Refused(string? code)
    {
        var shown = code == ProblemCodes.AlreadyRegistered && Asking.MaySeeRsvp ? Existing : null;
        return new MemberDecision(Asking.UserId, Rsvp: null, code is null ? null : new Refusal(code, ShowsRsvp: shown));
    }
}
