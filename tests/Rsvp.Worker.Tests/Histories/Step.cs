namespace Rsvp.Worker.Tests.Histories;

/// <summary>One thing that happens to an activity. Users are small numbers, so that they meet.</summary>
internal abstract record Step
{
    /// <summary>A user asks for a place; with a key, repeats and other bodies under the same key occur.</summary>
    public sealed record Submit(int User, int Size, bool RejectIfFull, int? Key) : Step;

    /// <summary>A user changes the party; null keeps, an empty text clears.</summary>
    public sealed record Update(int User, int? Size, string? Text, Match Match) : Step;

    /// <summary>A user gives the place back.</summary>
    public sealed record Cancel(int User, Match Match) : Step;

    /// <summary>The host, or somebody else, changes one setting.</summary>
    public sealed record Change(bool ByHost, Setting Setting, int? Value) : Step;

    /// <summary>The system promotes.</summary>
    public sealed record Pass : Step;

    /// <summary>An earlier command is delivered once more.</summary>
    public sealed record Again(int Back) : Step;

    /// <summary>Time passes; only between batches.</summary>
    public sealed record Wait(int Hours) : Step;
}

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
}

/// <summary>A whole history: how the activity begins, what happens, and where the batches are cut.</summary>
internal sealed record History(int? Capacity, int? SkipLimit, IReadOnlyList<Step> Steps, IReadOnlyList<bool> Cuts)
{
    public override string ToString() =>
        $"capacity {Capacity?.ToString(null, null) ?? "unlimited"}, skip limit {SkipLimit?.ToString(null, null) ?? "none"}\n"
        + string.Join("\n", Steps.Zip(Cuts, (step, cut) => $"  {step}{(cut ? " |" : "")}"));
}

/// <summary>What a caller is told.</summary>
/// <param name="Code">Why not; null when it completed.</param>
/// <param name="Created">Whether something new was made.</param>
/// <param name="Rsvp">The party as shown: status, people, version, position; null when none is shown.</param>
internal sealed record Answer(string? Code, bool Created = false, Shown? Rsvp = null);

/// <summary>A party as shown.</summary>
internal sealed record Shown(string Status, int Size, long Version, int? Position);
