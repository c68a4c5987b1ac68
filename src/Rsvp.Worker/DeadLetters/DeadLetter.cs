using Rsvp.Contracts;
using RabbitMQ.Client;

namespace Rsvp.Worker.DeadLetters;

/// <summary>A message that left its path, as it lies in the queue of the dead letters.</summary>
internal sealed record DeadLetter
{
    /// <summary>The message's own id; without one a digest of its body. Copies of a message share it, and are acted on together.</summary>
    public required string Id { get; init; }

    /// <summary>The queue that it left; null when nothing says which.</summary>
    public required string? Origin { get; init; }

    /// <summary>Why, in a line.</summary>
    public required string Cause { get; init; }

    /// <summary>When it left its queue; null when nothing says.</summary>
    public required DateTimeOffset? DiedAt { get; init; }

    /// <summary>The type's name in Rsvp.Contracts, or what stands in its place.</summary>
    public required string MessageType { get; init; }

    /// <summary>The commands in it that can be read, in order; empty for other messages.</summary>
    public required IReadOnlyList<Command> Commands { get; init; }

    /// <summary>Commands in it that cannot be read.</summary>
    public required int UnreadableCommands { get; init; }

    public required IReadOnlyBasicProperties Properties { get; init; }

    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>How the broker knows it on the channel that it was read from.</summary>
    public required ulong DeliveryTag { get; init; }

    /// <summary>Those of its commands that somebody waits for: what the system itself sends has no stored outcome.</summary>
    public IEnumerable<Command> Asked => Commands.Where(command => command.Caller.UserId != Guid.Empty);
}
