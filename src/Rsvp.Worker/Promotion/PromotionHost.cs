using MassTransit;
using MassTransit.RabbitMqTransport;
using Rsvp.Hosting.Database;
using Rsvp.Hosting.Messaging;
using Rsvp.Worker.Balancing;
using Rsvp.Worker.Partitions;

namespace Rsvp.Worker.Promotion;

/// <summary>Subscribes this worker to the saga's queue once the schema is there; all workers share it.</summary>
internal sealed class PromotionHost(IReceiveEndpointConnector connector, SchemaGate schema, BusGate buses, DatabaseReach reach, ILogger<PromotionHost> logger)
    : BackgroundService, IFilter<ChannelContext>
{
    // Events of different activities run side by side, as many as the worker has database connections to spare.
    private const int ConcurrencyMax = 8;

    // Two workers on one new activity: again, soon.
    private static readonly TimeSpan[] Retries = [.. Enumerable.Range(1, 8).Select(n => TimeSpan.FromMilliseconds(20 * Math.Pow(2, n)))];

    // While the database is away a message waits here some 20 minutes before it goes back to the queue, less than the broker's 30 for an answer.
    private const int OutageRetriesMax = 80;
    private static readonly TimeSpan OutageRetryMin = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan OutageRetryMax = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan OutageRetryStep = TimeSpan.FromMilliseconds(200);

    private volatile LineChannel? _channel;

    async Task IFilter<ChannelContext>.Send(ChannelContext context, IPipe<ChannelContext> next)
    {
        _channel = new LineChannel(context);
        await reach.WaitAsync(context.CancellationToken);
        await next.Send(context);
    }

    void IProbeSite.Probe(ProbeContext context)
    {
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await schema.WaitAsync(stoppingToken);
        await buses.WaitAsync(stoppingToken);
        var handle = connector.ConnectReceiveEndpoint(Topology.PromotionQueue, (registration, endpoint) =>
        {
            var queue = (IRabbitMqReceiveEndpointConfigurator)endpoint;
            queue.SetQuorumQueue();
            queue.BindDeadLetterQueue(Topology.DeadLetterQueue, Topology.DeadLetterQueue, dead => dead.SetQuorumQueue());
            queue.UseDeadLetters(logger, IsOutage);
            queue.ConfigureChannel(channel => channel.UseFilter(this));
            queue.PrefetchCount = ConcurrencyMax * 2;
            queue.ConcurrentMessageLimit = ConcurrencyMax;
            queue.UseMessageRetry(retry =>
            {
                retry.Handle<Exception>(IsOutage);
                retry.Exponential(OutageRetriesMax, OutageRetryMin, OutageRetryMax, OutageRetryStep);
            });
            queue.UseMessageRetry(retry =>
            {
                retry.Ignore<Exception>(IsOutage);
                retry.Intervals(Retries);
            });
            queue.ConfigureSaga<PromotionState>(registration);
        });
        reach.WhenLost(async () =>
        {
            if (_channel is { } channel)
            {
                await channel.CloseAsync(handle, "The database is not reached.");
            }
        });
        await handle.Ready.WaitAsync(stoppingToken);
    }

    private static bool IsOutage(Exception error) => SqlErrors.Classify(error.GetBaseException()) == SqlError.Transient;
}
