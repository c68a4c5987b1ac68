using MassTransit;
using Rsvp.Hosting.Database;
using Rsvp.Hosting.Messaging;
using Rsvp.Worker.Partitions;

namespace Rsvp.Worker.Promotion;

/// <summary>Subscribes this worker to the saga's queue once the schema is there; all workers share it.</summary>
internal sealed class PromotionHost(IReceiveEndpointConnector connector, SchemaGate schema, BusGate buses) : BackgroundService
{
    // Events of different activities run side by side, as many as the worker has database connections to spare.
    private const int ConcurrencyMax = 8;

    // Two workers on one new activity, or a database that restarts: again, soon.
    private static readonly TimeSpan[] Retries = [.. Enumerable.Range(1, 8).Select(n => TimeSpan.FromMilliseconds(20 * Math.Pow(2, n)))];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await schema.WaitAsync(stoppingToken);
        await buses.WaitAsync(stoppingToken);
        var handle = connector.ConnectReceiveEndpoint(Topology.PromotionQueue, (registration, endpoint) =>
        {
            var queue = (IRabbitMqReceiveEndpointConfigurator)endpoint;
            queue.SetQuorumQueue();
            queue.SetQueueArgument("x-delivery-limit", Topology.DeliveryLimit);
            queue.BindDeadLetterQueue(Topology.DeadLetterQueue, Topology.DeadLetterQueue, dead => dead.SetQuorumQueue());
            queue.PrefetchCount = ConcurrencyMax * 2;
            queue.ConcurrentMessageLimit = ConcurrencyMax;
            queue.UseMessageRetry(retry => retry.Intervals(Retries));
            queue.ConfigureSaga<PromotionState>(registration);
        });
        await handle.Ready.WaitAsync(stoppingToken);
    }
}
