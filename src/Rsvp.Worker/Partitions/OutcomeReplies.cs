using MassTransit;
using Rsvp.Contracts;
using Rsvp.Hosting.Messaging;

namespace Rsvp.Worker.Partitions;

/// <summary>Tells the API instance that waits. Best effort: a lost reply costs its client one look at the database.</summary>
/// <param name="bus">The bus that only publishes.</param>
/// <param name="logger">What went wrong.</param>
internal sealed partial class OutcomeReplies(IPublishBus bus, ILogger<OutcomeReplies> logger)
{
    // A reply that the broker does not take in this time is worth nothing any more.
    private static readonly TimeSpan SendTimeout = TimeSpan.FromSeconds(5);

    private readonly Lazy<Task<ISendEndpoint>> _endpoint =
        new(() => bus.GetSendEndpoint(new Uri($"exchange:{Topology.OutcomesExchange}?type=direct")));

    /// <summary>Sends without waiting: the partition goes on.</summary>
    /// <param name="batch">What was asked.</param>
    /// <param name="outcomes">What was decided.</param>
    public void Send(CommandBatch batch, IReadOnlyList<CommandOutcome> outcomes)
    {
        if (batch.ReplyTo is not null)
        {
            _ = SendAsync(batch, batch.ReplyTo, outcomes);
        }
    }

    private async Task SendAsync(CommandBatch batch, string replyTo, IReadOnlyList<CommandOutcome> outcomes)
    {
        try
        {
            using var timeout = new CancellationTokenSource(SendTimeout);
            var endpoint = await _endpoint.Value;
            var applied = new BatchApplied { BatchId = batch.BatchId, Partition = batch.Partition, Outcomes = outcomes };
            await endpoint.Send(
                applied,
                context =>
                {
                    context.SetRoutingKey(replyTo);
                    context.Durable = false;
                },
                timeout.Token).WaitAsync(timeout.Token);
        }
#pragma warning disable CA1031 // Nobody waits for this task; whatever happened, the outcomes are in the database.
        catch (Exception error)
#pragma warning restore CA1031
        {
            LogLost(batch.Partition, outcomes.Count, error.Message);
        }
    }

    [LoggerMessage(3201, LogLevel.Warning, "Partition {Partition}: a reply with {OutcomeCount} outcomes was not sent: {Reason}")]
    private partial void LogLost(int partition, int outcomeCount, string reason);
}

/// <summary>The bus that replies and events leave on. A connection that publishes is stopped by a broker alarm, so the partitions consume on another.</summary>
public interface IPublishBus : IBus;
