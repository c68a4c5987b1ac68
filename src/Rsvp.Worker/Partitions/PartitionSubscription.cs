using MassTransit;
using MassTransit.RabbitMqTransport;
using Rsvp.Hosting.Messaging;
using Rsvp.Hosting.Partitions;
using Rsvp.Worker.Balancing;

namespace Rsvp.Worker.Partitions;

/// <summary>This worker's place in the broker's line for one partition: the first in line is active, the others stand by.</summary>
/// <remarks>
/// To leave the line it has the bus close the channel between two batches. The broker then puts what it had delivered ahead back to the front of the queue and makes the next in line
/// active: order is kept. Cancelling the consumer would not do: the next one begins at once with what comes after the batches that are still here.
/// The bus subscribes again by itself, a second later, at the end of the line.
/// </remarks>
/// <param name="partition">The partition.</param>
/// <param name="workerName">What the broker shows.</param>
/// <param name="time">The clock of standings.</param>
/// <param name="logger">What goes wrong.</param>
/// <param name="mayStand">Waited for before each subscription; null when nothing is.</param>
internal sealed partial class PartitionSubscription(int partition, string workerName, TimeProvider time, ILogger logger, Func<CancellationToken, Task>? mayStand = null)
    : IReceiveEndpointObserver, IFilter<ChannelContext>, IFilter<ReceiveContext>, IDisposable
{
    // A batch in work and a few behind it; more would only count as delivered when a worker dies.
    private const int Prefetch = 4;

    private readonly SemaphoreSlim _turn = new(1);
    private readonly Lock _lock = new();
    private HostReceiveEndpointHandle? _handle;
    private LineChannel? _channel;
    private int _subscription;
    private long? _subscribedAt;
    private long? _activeSince;
    private (TimeSpan Lag, long At)? _decided;
    private long _oldestTicks;

    internal int Partition => partition;

    /// <summary>Whether it has been told to stand in line; the bus sees to it from then on.</summary>
    internal bool IsBegun => _handle is not null;

    internal bool IsSubscribed
    {
        get
        {
            lock (_lock)
            {
                return _subscribedAt is not null;
            }
        }
    }

    /// <summary>Whether the broker has delivered to this subscription: then it is active until the subscription ends.</summary>
    internal bool IsActive
    {
        get
        {
            lock (_lock)
            {
                return _subscribedAt is not null && _activeSince is not null;
            }
        }
    }

    /// <summary>Gets in line; does nothing the second time.</summary>
    /// <param name="connector">The bus that consumes.</param>
    /// <param name="topology">The queue's arguments.</param>
    /// <param name="consume">Configures what takes the batches.</param>
    internal void Begin(IReceiveEndpointConnector connector, PartitionTopologyOptions topology, Action<IRegistrationContext, IReceiveEndpointConfigurator> consume) =>
        _handle ??= connector.ConnectReceiveEndpoint(Topology.PartitionQueue(topology.Version, partition), (registration, endpoint) =>
        {
            var queue = (IRabbitMqReceiveEndpointConfigurator)endpoint;
            queue.SetQuorumQueue();
            queue.SingleActiveConsumer = true;
            queue.SetQueueArgument("x-max-length", topology.QueueLengthMax);
            queue.SetQueueArgument("x-overflow", "reject-publish");
            queue.BindDeadLetterQueue(Topology.DeadLetterQueue, Topology.DeadLetterQueue, dead => dead.SetQuorumQueue());
            queue.UseDeadLetters(logger, error => error is ObjectDisposedException); // The worker ends.
            queue.PrefetchCount = Prefetch;
            queue.ConcurrentMessageLimit = 1;
            queue.ConfigureConsumeTopology = false;
            queue.OverrideConsumerTag(workerName);
            queue.Bind(Topology.CommandsExchange, binding =>
            {
                binding.ExchangeType = "direct";
                binding.RoutingKey = Topology.PartitionKey(topology.Version, partition);
            });
            queue.ConnectReceiveEndpointObserver(this);
            queue.ConfigureChannel(channel => channel.UseFilter(this));
            queue.ConfigureReceive(receive => receive.UseFilter(this));
            consume(registration, queue);
        });

    /// <summary>Goes to the end of the line, once the batch in work is done.</summary>
    /// <param name="patience">Longest wait for that batch.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False when that batch took longer; nothing has changed then.</returns>
    internal async Task<bool> GoBehindAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        if (!await _turn.WaitAsync(patience, cancellationToken))
        {
            return false;
        }

        try
        {
            await LeaveLineAsync(regardless: false);
            return true;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Leaves the line at once and lets go of a batch that is being decided: it goes to the next in line, and what is decided of it here comes too late to count.</summary>
    internal Task StepOutAsync() => LeaveLineAsync(regardless: true);

    /// <summary>Leaves the line for good; a batch that is not done by then is somebody else's.</summary>
    /// <param name="patience">Longest wait for the batch in work.</param>
    /// <param name="cancellationToken">Ends the wait for the bus; what is left of the subscription ends with the process.</param>
    internal async Task EndAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        if (_handle is null)
        {
            return;
        }

        // Nothing is taken from here on, whether the wait was in vain or not: the turn is never given back.
        await _turn.WaitAsync(patience, CancellationToken.None);
        await LeaveLineAsync(regardless: true);
        await _handle.StopAsync(cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Age of the oldest command that is being decided, by two clocks; zero while there is none. All that wait behind it are younger.</summary>
    internal TimeSpan OldestAge
    {
        get
        {
            var ticks = Volatile.Read(ref _oldestTicks);
            return ticks == 0 ? TimeSpan.Zero : new TimeSpan(Math.Max(0, time.GetUtcNow().UtcTicks - ticks));
        }
    }

    /// <summary>A batch is being decided.</summary>
    /// <param name="oldest">When its oldest command was taken.</param>
    internal void Deciding(DateTimeOffset oldest) => Volatile.Write(ref _oldestTicks, oldest.UtcTicks);

    /// <summary>No batch is being decided any more, whatever became of it.</summary>
    internal void Idle() => Volatile.Write(ref _oldestTicks, 0);

    /// <summary>A batch was decided.</summary>
    /// <param name="lag">The age of its oldest command.</param>
    internal void Decided(TimeSpan lag)
    {
        lock (_lock)
        {
            _decided = (lag, time.GetTimestamp());
        }
    }

    /// <summary>Where it stands; null when it is not in line. Tells each decision once.</summary>
    internal OwnStanding? TakeStanding()
    {
        lock (_lock)
        {
            if (_subscribedAt is not { } subscribedAt)
            {
                return null;
            }

            var decided = _decided;
            _decided = null;
            return new OwnStanding(
                partition,
                _subscription,
                time.GetElapsedTime(subscribedAt),
                _activeSince is { } activeSince ? time.GetElapsedTime(activeSince) : null,
                decided is { } last ? (last.Lag, time.GetElapsedTime(last.At)) : null);
        }
    }

    public void Dispose() => _turn.Dispose();

    async Task IFilter<ChannelContext>.Send(ChannelContext context, IPipe<ChannelContext> next)
    {
        var channel = new LineChannel(context);
        lock (_lock)
        {
            _channel = channel;
            _subscription++;
            _subscribedAt = null;
            _activeSince = null;
        }

        if (mayStand is not null)
        {
            await mayStand(context.CancellationToken);
        }

        await next.Send(context);
    }

    async Task IFilter<ReceiveContext>.Send(ReceiveContext context, IPipe<ReceiveContext> next)
    {
        lock (_lock)
        {
            _activeSince ??= time.GetTimestamp();
        }

        await _turn.WaitAsync(context.CancellationToken);
        try
        {
            await next.Send(context);
        }
        finally
        {
            _turn.Release();
        }
    }

    void IProbeSite.Probe(ProbeContext context)
    {
    }

    Task IReceiveEndpointObserver.Ready(ReceiveEndpointReady ready)
    {
        lock (_lock)
        {
            _subscribedAt ??= time.GetTimestamp();
        }

        return Task.CompletedTask;
    }

    Task IReceiveEndpointObserver.Completed(ReceiveEndpointCompleted completed) => EndedAsync();

    Task IReceiveEndpointObserver.Faulted(ReceiveEndpointFaulted faulted) => EndedAsync();

    Task IReceiveEndpointObserver.Stopping(ReceiveEndpointStopping stopping) => Task.CompletedTask;

    private Task EndedAsync()
    {
        lock (_lock)
        {
            _subscribedAt = null;
            _activeSince = null;
        }

        return Task.CompletedTask;
    }

    /// <param name="regardless">It counts as left even when the broker does not say so: what is decided here does not count any more.</param>
    private async Task LeaveLineAsync(bool regardless)
    {
        LineChannel? channel;
        lock (_lock)
        {
            channel = _channel;
        }

        if (channel is null || _handle is null)
        {
            return;
        }

        var isClosed = await channel.CloseAsync(_handle, "The partition is another worker's.");
        if (!isClosed)
        {
            LogNotClosed(partition);
        }

        lock (_lock)
        {
            // The bus says so only when the batches in hand have ended. By now it may stand in line again, and that is not to be forgotten.
            if ((isClosed || regardless) && _channel == channel)
            {
                _subscribedAt = null;
                _activeSince = null;
            }
        }
    }

    [LoggerMessage(3302, LogLevel.Warning, "Partition {Partition}: the broker did not say in time that its channel is closed")]
    private partial void LogNotClosed(int partition);
}
