namespace Rsvp.Cli.Soak;

/// <summary>One request of a client, and every answer that it ever got. One task at a time has it.</summary>
internal sealed class JournalEntry
{
    private readonly List<SeenAnswer> _answers = [];

    public required Guid UserId { get; init; }

    /// <summary>The idempotency key, the same each time it is sent.</summary>
    public required string Key { get; init; }

    /// <summary>Method and path.</summary>
    public required string What { get; init; }

    /// <summary>How often it was sent.</summary>
    public int SendCount { get; set; }

    /// <summary>How often no answer came: the connection was refused or broke, or it took too long.</summary>
    public int SilenceCount { get; set; }

    /// <summary>The longest that an answer took which told to come again.</summary>
    public TimeSpan ToldToComeAgainAfter { get; set; }

    internal IReadOnlyList<SeenAnswer> Answers => _answers;

    internal SeenAnswer? Decision => _answers.FirstOrDefault(answer => answer.IsDecided);

    internal bool IsAccepted => _answers.Any(answer => answer.IsAccepted);

    /// <summary>Every id that an answer gave it; there should be one.</summary>
    internal IReadOnlyList<Guid> RequestIds => [.. _answers.Select(answer => answer.RequestId).OfType<Guid>().Distinct()];

    internal void Add(SeenAnswer answer) => _answers.Add(answer);

    public override string ToString() => $"{What} by {UserId} with key {Key}";
}
