namespace Rsvp.Worker.Tests.Histories;

/// <summary>One thing that happens to an activity. Users are small numbers, so that they meet.</summary>
internal abstract record Step
{
    /// <summary>A user asks for a place; with a key, repeats and other bodies under the same key occur.</summary>
    public sealed record Submit(int User, int Size, bool RejectIfFull, int? Key) : Step;

    /// <summary>A user, or the host, asks for several.</summary>
    public sealed record Group(int Caller, bool ByHost, IReadOnlyList<GroupParty> Members, bool AllOrNothing, bool RejectIfFull) : Step
    {
        public override string ToString() =>
            $"Group by {(ByHost ? "the host" : Caller)}, {(AllOrNothing ? "all or nothing" : "best effort")}, "
            + $"{(RejectIfFull ? "reject if full" : "wait if full")}: {string.Join(", ", Members.Select(member => $"{member.User} of {member.Size}"))}";
    }

    /// <summary>A user, or the host, cancels one of the groups that were made, or one that was not.</summary>
    public sealed record CancelGroup(int Caller, bool ByHost, int Which) : Step;

    /// <summary>A user changes the party; null keeps, an empty text clears.</summary>
    public sealed record Update(int User, int? Size, string? Text, Match Match) : Step;

    /// <summary>A user gives the place back.</summary>
    public sealed record Cancel(int User, Match Match) : Step;

    /// <summary>A user takes what is offered.</summary>
    public sealed record Accept(int User) : Step;

    /// <summary>A user gives back what is offered.</summary>
    public sealed record Decline(int User) : Step;

    /// <summary>The host, or somebody else, lets the next in.</summary>
    public sealed record Promote(bool ByHost, int Count) : Step;

    /// <summary>The host lets some in by name, beyond the capacity or not.</summary>
    public sealed record PromoteNamed(IReadOnlyList<int> Users, bool Overrides) : Step
    {
        public override string ToString() => $"Promote {string.Join(", ", Users)}{(Overrides ? ", beyond the capacity" : "")}";
    }

    /// <summary>The host does one thing to some.</summary>
    public sealed record Bulk(string Action, IReadOnlyList<int> Users, int ToPosition, bool DryRun) : Step
    {
        public override string ToString() => $"{(DryRun ? "Try to " : "")}{Action} {string.Join(", ", Users)}, to {ToPosition}";
    }

    /// <summary>The host ends a party's RSVP.</summary>
    public sealed record Remove(int User, Match Match) : Step;

    /// <summary>A party comes, or has not come after all.</summary>
    public sealed record Scan(int User, bool Undoes) : Step;

    /// <summary>Somebody comes without asking before.</summary>
    public sealed record WalkIn(int User, int Size) : Step;

    /// <summary>The host gives away the seats of those who have not come.</summary>
    public sealed record Release : Step;

    /// <summary>The system ends the offers whose time is over.</summary>
    public sealed record Expire : Step;

    /// <summary>The host, or somebody else, changes one setting.</summary>
    public sealed record Change(bool ByHost, Setting Setting, int? Value) : Step;

    /// <summary>The system promotes.</summary>
    public sealed record Pass : Step;

    /// <summary>An earlier command is delivered once more.</summary>
    public sealed record Again(int Back) : Step;

    /// <summary>Time passes; only between batches.</summary>
    public sealed record Wait(int Hours) : Step;

    /// <summary>Whether the system asks, which nobody is answered.</summary>
    public bool IsOfSystem => this is Pass or Expire;
}

/// <summary>One party of a group.</summary>
internal readonly record struct GroupParty(int User, int Size);

/// <summary>If-Match: none, any (*), or a version.</summary>
internal readonly record struct Match(bool IsGiven, long? Version)
{
    public static Match None => default;

    public static Match Any => new(true, null);

    public static Match At(long version) => new(true, version);
}

/// <summary>The settings that matter to who gets a seat; null values clear where a setting can be null.</summary>
internal enum Setting
{
    Capacity,
    SkipLimit,
    WaitlistLimit,
    WaitlistEnabled,
    MaxPartySize,
    CutoffMinutes,
    PromotionMode,
}

/// <summary>How an activity begins.</summary>
/// <param name="Capacity">Null: unlimited.</param>
/// <param name="SkipLimit">Null: none.</param>
/// <param name="Offers">Whether promotion offers.</param>
/// <param name="OfferHours">How long an offer stands; 0: over as soon as somebody looks.</param>
internal sealed record Beginning(int? Capacity, int? SkipLimit, bool Offers, int OfferHours);

/// <summary>A whole history: how the activity begins, what happens, and where the batches are cut.</summary>
internal sealed record History(Beginning Beginning, IReadOnlyList<Step> Steps, IReadOnlyList<bool> Cuts)
{
    public override string ToString() =>
        $"{Beginning}\n" + string.Join("\n", Steps.Zip(Cuts, (step, cut) => $"  {step}{(cut ? " |" : "")}"));
}

/// <summary>What a caller is told.</summary>
/// <param name="Code">Why not; null when it completed.</param>
/// <param name="Created">Whether something new was made.</param>
/// <param name="Rsvp">The party as shown: status, people, version, position; null when none is shown.</param>
/// <param name="Members">What became of each member of a group; null for other commands.</param>
internal sealed record Answer(string? Code, bool Created = false, Shown? Rsvp = null, string? Members = null);

/// <summary>A party as shown.</summary>
internal sealed record Shown(string Status, int Size, long Version, int? Position);

/// <summary>What became of one member, as shown.</summary>
internal sealed record ShownMember(int User, Shown? Rsvp, string? Code)
{
    public static string List(IEnumerable<ShownMember> members) => string.Join("; ", members);
}
