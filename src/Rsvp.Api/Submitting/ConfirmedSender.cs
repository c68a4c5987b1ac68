using MassTransit;
using PublishException = RabbitMQ.Client.Exceptions.PublishException;

namespace Rsvp.Api.Submitting;

/// <summary>Sends one message and says within a bound what the broker made of it.</summary>
/// <remarks>
/// The bus by itself retries a refused or interrupted send for hours and may ignore the token that should end it, so every attempt is watched
/// from outside: its first fault is taken as the answer, and what does not come back in time is left behind. A message left behind may still arrive.
/// </remarks>
internal sealed class ConfirmedSender
{
    // Sends left behind hold their message until the bus gives up on them; past this many it is not worth adding another.
    private const int LeftBehindMax = 64;

    // A connection that was closed under a send is usually back within this time.
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(50);

    private readonly IBus _bus;
    private readonly TimeProvider _time;
    private int _leftBehind;

    public ConfirmedSender(IBus bus, TimeProvider time)
    {
        _bus = bus;
        _time = time;
        _bus.ConnectSendObserver(new AttemptObserver());
    }

    /// <summary>Sends, and sends again after an interruption while there is time; a second copy of a message must be harmless.</summary>
    /// <param name="exchange">The address of an exchange.</param>
    /// <param name="routingKey">Must lead to a queue.</param>
    /// <param name="message">The message.</param>
    /// <param name="bound">When to stop waiting.</param>
    /// <param name="cancellationToken">The service stops.</param>
    internal async Task<Acceptance> SendAsync<T>(Uri exchange, string routingKey, T message, TimeSpan bound, CancellationToken cancellationToken)
        where T : class
    {
        var startedAt = _time.GetTimestamp();
        var wasSent = false;
        while (true)
        {
            var left = bound - _time.GetElapsedTime(startedAt);
            if (left <= TimeSpan.Zero || Volatile.Read(ref _leftBehind) >= LeftBehindMax)
            {
                return wasSent ? Acceptance.Unknown : Acceptance.BrokerAway;
            }

            wasSent = true;
            var attempt = new Attempt<T>(routingKey);
            if (await AttemptAsync(exchange, message, attempt, left, cancellationToken) is { } answer)
            {
                return answer;
            }

            await Task.Delay(RetryDelay, _time, cancellationToken);
        }
    }

    // Null: interrupted, worth another attempt.
    private async Task<Acceptance?> AttemptAsync<T>(Uri exchange, T message, Attempt<T> attempt, TimeSpan left, CancellationToken cancellationToken)
        where T : class
    {
        var cancellation = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var send = SendOnceAsync(exchange, message, attempt, cancellation.Token);
        try
        {
            await Task.WhenAny(send, attempt.Fault).WaitAsync(left, _time, cancellationToken);
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
        var fault = attempt.Fault.IsCompleted ? attempt.Fault.Result : send.Exception?.InnerException;
        return fault switch
        {
            null => Acceptance.Unknown,
            MessageReturnedException => Acceptance.Unrouted,
            { InnerException: PublishException { IsReturn: false } } => Acceptance.Overloaded,
            _ => null,
        };
    }

    private async Task SendOnceAsync<T>(Uri exchange, T message, Attempt<T> attempt, CancellationToken cancellationToken)
        where T : class
    {
        var endpoint = await _bus.GetSendEndpoint(exchange);
        await endpoint.Send(message, attempt, cancellationToken);
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

    /// <summary>Marks a send so that <see cref="AttemptObserver"/> can tell whose fault it sees.</summary>
    private abstract class Attempt
    {
        private readonly TaskCompletionSource<Exception> _fault = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal Task<Exception> Fault => _fault.Task;

        internal void SetFault(Exception exception) => _fault.TrySetResult(exception);
    }

    private sealed class Attempt<T>(string routingKey) : Attempt, IPipe<SendContext<T>>
        where T : class
    {
        public Task Send(SendContext<T> context)
        {
            context.SetRoutingKey(routingKey);
            context.Durable = true;
            if (context.TryGetPayload<RabbitMqSendContext>(out var rabbit))
            {
                rabbit.Mandatory = true;
            }

            context.AddOrUpdatePayload<Attempt>(() => this, _ => this);
            return Task.CompletedTask;
        }

        public void Probe(ProbeContext context)
        {
        }
    }

    private sealed class AttemptObserver : ISendObserver
    {
        public Task PreSend<T>(SendContext<T> context)
            where T : class => Task.CompletedTask;

        public Task PostSend<T>(SendContext<T> context)
            where T : class => Task.CompletedTask;

        public Task SendFault<T>(SendContext<T> context, Exception exception)
            where T : class
        {
            if (context.TryGetPayload<Attempt>(out var attempt))
            {
                attempt.SetFault(exception);
            }

            return Task.CompletedTask;
        }
    }
}
