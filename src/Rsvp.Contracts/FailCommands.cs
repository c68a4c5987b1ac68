namespace Rsvp.Contracts;

/// <summary>Tells a partition that commands will not be applied any more: each that has no outcome yet gets <c>failed</c>, and those who asked can stop waiting.</summary>
/// <remarks>
/// Sent by an operator's tool when it drops a dead letter. A message of its own and no flag of <see cref="CommandBatch"/>: a build that did not know the flag would apply the commands.
/// Safe to send twice: an outcome is never replaced.
/// </remarks>
public sealed record FailCommands
{
    /// <summary>The partition that all <see cref="Commands"/> belong to; 0 to P − 1.</summary>
    public required int Partition { get; init; }

    /// <summary>What is given up; at least one.</summary>
    public required IReadOnlyList<Command> Commands { get; init; }
}
