using MassTransit;
using Npgsql;
using Rsvp.Hosting.Database;
using Rsvp.Hosting.Messaging;

namespace Rsvp.Notifier.Notifications;

/// <summary>Subscribes this notifier to the queue of issued notifications once the schema is there; all notifiers share it.</summary>
internal sealed class NotificationsQueue(
    IReceiveEndpointConnector connector, IBusControl bus, SchemaGate schema, NotificationsLink link, ILogger<NotificationsQueue> logger)
    : BackgroundService
{
    // Messages on their way to one statement: those of a rush on many activities are small.
    private const int ConcurrencyMax = 64;

    // While the database is away a message waits here some 20 minutes before it goes back to the queue, less than the broker's 30 for an answer.
    private const int RetriesMax = 80;
    private static readonly TimeSpan RetryMin = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan RetryMax = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan RetryStep = TimeSpan.FromMilliseconds(200);

    // A bus that stops while an endpoint connects waits for it without end.
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await schema.WaitAsync(stoppingToken);
        await bus.WaitForHealthStatus(BusHealthStatus.Healthy, stoppingToken);
        stoppingToken.ThrowIfCancellationRequested();
        var handle = connector.ConnectReceiveEndpoint(Topology.NotificationsQueue, (registration, endpoint) =>
        {
            var queue = (IRabbitMqReceiveEndpointConfigurator)endpoint;
            // The publishers bind it to the exchange, so that it fills before the first notifier is there.
            queue.ConfigureConsumeTopology = false;
            queue.SetQuorumQueue();
            queue.PrefetchCount = ConcurrencyMax;
            queue.ConcurrentMessageLimit = ConcurrencyMax;
            // What only takes time goes back to the queue; the workers make the queue of the dead letters.
            queue.UseDeadLetters(logger, error => error is NpgsqlException outage && DeliveryPlan.MayPass(outage));
            queue.UseMessageRetry(retry =>
            {
                retry.Handle<NpgsqlException>(DeliveryPlan.MayPass);
                retry.Exponential(RetriesMax, RetryMin, RetryMax, RetryStep);
            });
            queue.ConfigureConsumer<NotificationsIssuedConsumer>(registration);
            queue.ConnectReceiveEndpointObserver(link);
        });
        try
        {
            await handle.Ready.WaitAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAny(handle.Ready, Task.Delay(ConnectTimeout, CancellationToken.None));
        }
    }
}
