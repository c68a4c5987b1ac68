using Rsvp.Contracts;
using Rsvp.Worker.Outbox;
using Rsvp.Worker.Partitions;

namespace Rsvp.Worker.Promotion;

/// <summary>What one event makes the saga ask for; written in the saga's own transaction. One per event.</summary>
/// <param name="commands">Makes the commands.</param>
internal sealed class PassRequests(SystemCommands commands)
{
    /// <summary>How long an answer may take before the saga asks again: longer than a batch under load, shorter than anybody's patience.</summary>
    public static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(3);

    private readonly List<OutboxMessage> _messages = [];

    /// <summary>Commands to send after the commit.</summary>
    public IReadOnlyList<OutboxMessage> Messages => _messages;

    /// <summary>True when an answer is awaited from now on, false when none is any more, null when that does not change.</summary>
    public bool? AwaitsAnswer { get; private set; }

    /// <summary>Asks the partition for a pass.</summary>
    public void Ask(Guid activityId, long passNumber)
    {
        _messages.Add(commands.Message(
            activityId, CommandNames.RunPass, command => command with { RunPass = new RunPass { PassNumber = passNumber } }));
        AwaitsAnswer = true;
    }

    /// <summary>Notes that no answer is awaited any more.</summary>
    public void Forget() => AwaitsAnswer = false;
}
