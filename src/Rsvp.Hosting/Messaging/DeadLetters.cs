using MassTransit;
using MassTransit.RabbitMqTransport;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;

namespace Rsvp.Hosting.Messaging;

/// <summary>One place for what a queue's consumer cannot apply: <see cref="Topology.DeadLetterQueue"/>, whether the broker gives a message up or a consumer does.</summary>
/// <remarks><c>docs/dead-letters.md</c> says who looks there and how.</remarks>
public static partial class DeadLetters
{
    // Long enough to understand what happened; all headers of a message must fit into one frame (128 KiB).
    private const int ReasonMax = 1_000;
    private const int StackTraceMax = 8_000;

    /// <summary>Lets messages that cannot be read, that nobody consumes or that fault go to the dead letters with their reason, in place of a queue for each kind and endpoint.</summary>
    /// <param name="queue">A quorum queue's endpoint. Somebody must bind <see cref="Topology.DeadLetterQueue"/>; until then such a message stays where it is.</param>
    /// <param name="logger">Where each is announced.</param>
    /// <param name="mayPass">Tells exceptions that only take time: the message goes back to the queue, until the broker's limit. Null: none does.</param>
    public static void UseDeadLetters(this IRabbitMqReceiveEndpointConfigurator queue, ILogger logger, Func<Exception, bool>? mayPass = null)
    {
        ArgumentNullException.ThrowIfNull(queue);
        ArgumentNullException.ThrowIfNull(logger);
        queue.SetQueueArgument("x-delivery-limit", Topology.DeliveryLimit);
        queue.SetQueueArgument("x-dead-letter-exchange", Topology.DeadLetterQueue);

        // Nobody listens to the library's own announcements of faults.
        queue.PublishFaults = false;
        queue.ConfigureError(faulted => faulted.UseFilter(new Faulted(logger, mayPass)));
        queue.ConfigureDeadLetter(skipped => skipped.UseFilter(new Skipped(logger)));
    }

    private static async Task MoveAsync(ReceiveContext context, ILogger logger, string reason, Action<IDictionary<string, object?>> describe)
    {
        var delivery = context.GetPayload<RabbitMqBasicConsumeContext>();
        var properties = new BasicProperties(delivery.Properties)
        {
            Headers = delivery.Properties.Headers is { } headers ? new Dictionary<string, object?>(headers) : [],
        };
        properties.ClearExpiration();
        properties.Headers[MessageHeaders.FaultInputAddress] = context.InputAddress.ToString();
        describe(properties.Headers);

        // Mandatory and confirmed: only then is the message acknowledged where it came from.
        await context.GetPayload<ChannelContext>().BasicPublishAsync(
            Topology.DeadLetterQueue, delivery.RoutingKey, mandatory: true, properties, context.GetBody(), awaitAck: true, context.CancellationToken);
        LogMoved(logger, delivery.Properties.MessageId ?? "without id", context.InputAddress.Segments[^1], reason);
    }

    private static string Start(string text, int lengthMax) => text.Length <= lengthMax ? text : text[..lengthMax];

    [LoggerMessage(2101, LogLevel.Error, "Message {MessageId} of {Queue} cannot be applied and is with the dead letters now: {Reason}")]
    private static partial void LogMoved(ILogger logger, string messageId, string queue, string reason);

    private sealed class Faulted(ILogger logger, Func<Exception, bool>? mayPass) : IFilter<ExceptionReceiveContext>
    {
        public async Task Send(ExceptionReceiveContext context, IPipe<ExceptionReceiveContext> next)
        {
            if (!context.IsFaulted)
            {
                await context.NotifyFaulted(context.Exception);
            }

            // A consumer that stops has not failed.
            var cause = context.Exception.GetBaseException();
            if (context.CancellationToken.IsCancellationRequested || mayPass?.Invoke(cause) == true)
            {
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(context.Exception);
            }

            var type = cause.GetType().Name;
            await MoveAsync(context, logger, type, headers =>
            {
                headers[MessageHeaders.Reason] = "fault";
                headers[MessageHeaders.FaultExceptionType] = type;
                headers[MessageHeaders.FaultMessage] = Start(cause.Message, ReasonMax);
                headers[MessageHeaders.FaultStackTrace] = Start(cause.StackTrace ?? "", StackTraceMax);
                headers[MessageHeaders.FaultTimestamp] = context.ExceptionTimestamp.ToString("O", null);
            });
            await next.Send(context);
        }

        public void Probe(ProbeContext context) => context.CreateFilterScope("deadLetters");
    }

    private sealed class Skipped(ILogger logger) : IFilter<ReceiveContext>
    {
        public async Task Send(ReceiveContext context, IPipe<ReceiveContext> next)
        {
            await MoveAsync(context, logger, "nobody here knows its type", headers =>
            {
                headers[MessageHeaders.Reason] = "dead-letter";
                headers[MessageHeaders.FaultMessage] = "Nobody consumes messages of this type here.";
                headers[MessageHeaders.FaultTimestamp] = TimeProvider.System.GetUtcNow().ToString("O", null);
            });
            await next.Send(context);
        }

        public void Probe(ProbeContext context) => context.CreateFilterScope("deadLetters");
    }
}
