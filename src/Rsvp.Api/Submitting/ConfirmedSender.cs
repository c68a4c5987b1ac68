using MassTransit;
using PublishException = RabbitMQ.Client.Exceptions.PublishException;

namespace Rsvp.Api.Submitting;

/// <summary>Sends one message and says within a bound what the broker made of it.</summary>
/// <remarks>
/// The bus may ignore the token that should end a send, so every copy is watched from outside, and what does not come back in time is left behind.
/// A message left behind may still arrive.
/// A connection that ends may leave a send without any answer: the bus disposes of the channel as soon as it hears of the end, and a channel that is
/// disposed of fails its open confirms no more (RabbitMQ.Client 7.2). So half the bound later a second copy is sent, and whichever is confirmed first counts.
/// </remarks>
/// <param name="bus">A bus whose sends are not tried again inside.</param>
/// <param name="time">The clock of the bounds.</param>
internal sealed class ConfirmedSender(IBus bus, TimeProvider time)
{
    // Sends left behind hold their message until the bus gives up on them; past this many it is not worth adding another.
    private const int LeftBehindMax = 64;

    // A connection that was closed under a send is usually back within this time.
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(50);

    private int _leftBehind;

    /// <summary>Sends, and sends again after an interruption, or once when half the bound brought no confirm; a second copy of a message must be harmless.</summary>
    /// <param name="exchange">The address of an exchange.</param>
    /// <param name="routingKey">Must lead to a queue.</param>
    /// <param name="message">The message.</param>
    /// <param name="bound">When to stop waiting.</param>
    /// <param name="cancellationToken">The service stops.</param>
    internal async Task<Acceptance> SendAsync<T>(Uri exchange, string routingKey, T message, TimeSpan bound, CancellationToken cancellationToken)
        where T : class
    {
        var startedAt = time.GetTimestamp();
        var copies = new List<Copy>(2);
        var (wasSent, wasRepeated, wasInterrupted) = (false, false, false);
        try
        {
            while (Left(bound) > TimeSpan.Zero)
            {
                var isLate = Left(bound / 2) <= TimeSpan.Zero;
                var mayBegin = Volatile.Read(ref _leftBehind) < LeftBehindMax;
                if (copies.Count == 0 && !mayBegin) break;
                if (mayBegin && (copies.Count == 0 || (isLate && !wasRepeated)))
                {
                    copies.Add(Begin(exchange, routingKey, message, cancellationToken));
                    wasSent = true;
                }

                wasRepeated = isLate;

                // Time goes on meanwhile: what was left a moment ago may be over.
                var patience = Left(isLate ? bound : bound / 2);
                var (answer, oneWasInterrupted) = await AnswerAsync(copies, patience > TimeSpan.Zero ? patience : TimeSpan.Zero, cancellationToken);
                wasInterrupted |= oneWasInterrupted;
                if (answer is { } known)
                {
                    // A copy that was interrupted may be there, whatever became of the next one.
                    return known != Acceptance.Accepted && wasInterrupted ? Acceptance.Unknown : known;
                }

                if (copies.Count == 0 && Left(bound) is var rest && rest > TimeSpan.Zero)
                {
                    await Task.Delay(rest < RetryDelay ? rest : RetryDelay, time, cancellationToken);
                }
            }

            return wasSent ? Acceptance.Unknown : Acceptance.BrokerAway;
        }
        finally
        {
            copies.ForEach(LeaveBehind);
        }

        TimeSpan Left(TimeSpan until) => until - time.GetElapsedTime(startedAt);
    }

    // Null: in this time none was answered, or all were interrupted; these are gone from the list.
    private async Task<(Acceptance? Answer, bool OneWasInterrupted)> AnswerAsync(List<Copy> copies, TimeSpan patience, CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAny(copies.Select(copy => copy.Send)).WaitAsync(patience, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return (null, false);
        }

        var oneWasInterrupted = false;
        foreach (var copy in copies.Where(copy => copy.Send.IsCompleted).ToArray())
        {
            copies.Remove(copy);
            copy.Cancellation.Dispose();
            if (copy.Send.IsCompletedSuccessfully)
            {
                return (Acceptance.Accepted, oneWasInterrupted);
            }

            var refusal = Refusal(copy.Send);
            oneWasInterrupted |= refusal is null;

            // Of one copy: the other one may be there.
            if (refusal is not null && copies.Count == 0)
            {
                return (refusal, oneWasInterrupted);
            }
        }

        return (null, oneWasInterrupted);
    }

    private static Acceptance? Refusal(Task send) => send.Exception?.InnerException switch
    {
        MessageReturnedException => Acceptance.Unrouted,
        { InnerException: PublishException { IsReturn: false } } => Acceptance.Overloaded,
        _ => null,
    };

    private Copy Begin<T>(Uri exchange, string routingKey, T message, CancellationToken cancellationToken)
        where T : class
    {
        var cancellation = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        return new Copy(SendOnceAsync(exchange, routingKey, message, cancellation.Token), cancellation);
    }

    private async Task SendOnceAsync<T>(Uri exchange, string routingKey, T message, CancellationToken cancellationToken)
        where T : class
    {
        var endpoint = await bus.GetSendEndpoint(exchange);
        await endpoint.Send(
            message,
            context =>
            {
                context.SetRoutingKey(routingKey);
                context.Durable = true;
                if (context.TryGetPayload<RabbitMqSendContext>(out var rabbit))
                {
                    rabbit.Mandatory = true;
                }
            },
            cancellationToken);
    }

    private void LeaveBehind(Copy copy)
    {
        Interlocked.Increment(ref _leftBehind);
        copy.Cancellation.Cancel();
        copy.Send.ContinueWith(
            ended =>
            {
                _ = ended.Exception;
                copy.Cancellation.Dispose();
                Interlocked.Decrement(ref _leftBehind);
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    /// <param name="Send">Complete when the broker has confirmed it.</param>
    /// <param name="Cancellation">Ends the send, if the bus listens.</param>
    private sealed record Copy(Task Send, CancellationTokenSource Cancellation);
}
