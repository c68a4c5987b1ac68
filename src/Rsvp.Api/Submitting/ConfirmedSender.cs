using MassTransit;
using PublishException = RabbitMQ.Client.Exceptions.PublishException;

namespace Rsvp.Api.Submitting;

/// <summary>Sends one message and says within a bound what the broker made of it.</summary>
/// <remarks>
/// The bus may ignore the token that should end a send, so every attempt is watched from outside, and what does not come back in time is left behind.
/// A message left behind may still arrive.
/// A connection that ends may leave a send without any answer: the bus disposes of the channel as soon as it hears of the end, and a channel that is
/// disposed of fails its open confirms no more (RabbitMQ.Client 7.2). So an attempt may take half the bound, and a second one has the rest.
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

    /// <summary>Sends, and sends again after an interruption, or without a confirm for half the bound; a second copy of a message must be harmless.</summary>
    /// <param name="exchange">The address of an exchange.</param>
    /// <param name="routingKey">Must lead to a queue.</param>
    /// <param name="message">The message.</param>
    /// <param name="bound">When to stop waiting.</param>
    /// <param name="cancellationToken">The service stops.</param>
    internal async Task<Acceptance> SendAsync<T>(Uri exchange, string routingKey, T message, TimeSpan bound, CancellationToken cancellationToken)
        where T : class
    {
        var startedAt = time.GetTimestamp();
        var wasSent = false;
        while (true)
        {
            var left = Left();
            if (left <= TimeSpan.Zero || Volatile.Read(ref _leftBehind) >= LeftBehindMax)
            {
                return wasSent ? Acceptance.Unknown : Acceptance.BrokerAway;
            }

            wasSent = true;
            if (await AttemptAsync(exchange, routingKey, message, Shorter(left, bound / 2), cancellationToken) is { } answer)
            {
                return answer;
            }

            left = Left();
            if (left > TimeSpan.Zero)
            {
                await Task.Delay(Shorter(left, RetryDelay), time, cancellationToken);
            }
        }

        TimeSpan Left() => bound - time.GetElapsedTime(startedAt);

        static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;
    }

    // Null: interrupted or without an answer, worth another attempt.
    private async Task<Acceptance?> AttemptAsync<T>(Uri exchange, string routingKey, T message, TimeSpan patience, CancellationToken cancellationToken)
        where T : class
    {
        var cancellation = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var send = SendOnceAsync(exchange, routingKey, message, cancellation.Token);
        try
        {
            await Task.WhenAny(send).WaitAsync(patience, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // Below it is neither completed nor faulted.
        }

        if (send.IsCompletedSuccessfully)
        {
            cancellation.Dispose();
            return Acceptance.Accepted;
        }

        LeaveBehind(send, cancellation);
        return send.Exception?.InnerException switch
        {
            MessageReturnedException => Acceptance.Unrouted,
            { InnerException: PublishException { IsReturn: false } } => Acceptance.Overloaded,
            _ => null,
        };
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

    private void LeaveBehind(Task send, CancellationTokenSource cancellation)
    {
        Interlocked.Increment(ref _leftBehind);
        cancellation.Cancel();
        send.ContinueWith(
            ended =>
            {
                _ = ended.Exception;
                cancellation.Dispose();
                Interlocked.Decrement(ref _leftBehind);
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }
}
