using MassTransit;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Rsvp.Hosting.Database;
using Rsvp.Hosting.Messaging;
using Rsvp.Hosting.Partitions;

namespace Rsvp.Worker.Partitions;

/// <summary>Subscribes this worker to every partition once the schema is there; the broker decides which worker is active.</summary>
internal sealed partial class PartitionHost(
    IReceiveEndpointConnector connector, SchemaGate schema, BusGate buses, IOptions<PartitionTopologyOptions> topology, ILogger<PartitionHost> logger)
    : BackgroundService, IHealthCheck
{
    // A batch in work and a few behind it; more would only count as delivered when a worker dies.
    private const int Prefetch = 4;

    private volatile bool _isSubscribed;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_isSubscribed ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("The partitions are not subscribed yet."));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await schema.WaitAsync(stoppingToken);
        await buses.WaitAsync(stoppingToken);
        List<HostReceiveEndpointHandle> handles = [.. Enumerable.Range(0, topology.Value.Count).Select(Connect)];
        await Task.WhenAll(handles.Select(handle => handle.Ready)).WaitAsync(stoppingToken);
        _isSubscribed = true;
        LogSubscribed(handles.Count);
    }

    private HostReceiveEndpointHandle Connect(int partition) =>
        connector.ConnectReceiveEndpoint(Topology.PartitionQueue(partition), (registration, endpoint) =>
        {
            var queue = (IRabbitMqReceiveEndpointConfigurator)endpoint;
            queue.SetQuorumQueue();
            queue.SingleActiveConsumer = true;
            queue.SetQueueArgument("x-delivery-limit", Topology.DeliveryLimit);
            queue.SetQueueArgument("x-max-length", topology.Value.QueueLengthMax);
            queue.SetQueueArgument("x-overflow", "reject-publish");
            queue.BindDeadLetterQueue(Topology.DeadLetterQueue, Topology.DeadLetterQueue, dead => dead.SetQuorumQueue());
            queue.PrefetchCount = Prefetch;
            queue.ConcurrentMessageLimit = 1;
            queue.ConfigureConsumeTopology = false;
            queue.Bind(Topology.CommandsExchange, binding =>
            {
                binding.ExchangeType = "direct";
                binding.RoutingKey = Topology.PartitionKey(partition);
            });
            queue.ConfigureConsumer<CommandBatchConsumer>(registration);
        });

    [LoggerMessage(3301, LogLevel.Information, "Subscribed to {PartitionCount} partitions")]
    private partial void LogSubscribed(int partitionCount);
}
