using Microsoft.Extensions.Options;
using Rsvp.Contracts;
using Rsvp.Hosting.Partitions;
using Rsvp.Worker.Outbox;

namespace Rsvp.Worker.Promotion;

/// <summary>What one event makes the saga ask for; written in the saga's own transaction. One per event.</summary>
/// <param name="topology">Which partition owns the activity.</param>
/// <param name="timeProvider">Makes ids and the time of asking.</param>
internal sealed class PassRequests(IOptions<PartitionTopologyOptions> topology, TimeProvider timeProvider)
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
        var now = timeProvider.GetUtcNow();
        _messages.Add(new OutboxMessage(Guid.CreateVersion7(now), new CommandBatch
        {
            BatchId = Guid.CreateVersion7(now),
            Partition = Partitioner.PartitionOf(activityId, topology.Value.Count),
            Commands =
            [
                new Command
                {
                    RequestId = Guid.CreateVersion7(now),
                    Name = CommandNames.PromoteWaitlist,
                    ActivityId = activityId,
                    Caller = new Caller { UserId = Guid.Empty },
                    SubmittedAt = now,
                    PromoteWaitlist = new PromoteWaitlist { PassNumber = passNumber },
                },
            ],
        }));
        AwaitsAnswer = true;
    }

    /// <summary>Notes that no answer is awaited any more.</summary>
    public void Forget() => AwaitsAnswer = false;
}
