using Microsoft.Extensions.Diagnostics.HealthChecks;
using Rsvp.Hosting.Database;
using Rsvp.Worker.Balancing;

namespace Rsvp.Worker.Partitions;

/// <summary>Has this worker in every partition's line once the schema is there, and out of it before the bus stops. The broker decides who is active, the balancer who stands where.</summary>
internal sealed partial class PartitionHost(
    SchemaGate schema, BusGate buses, TopologyGate topology, PartitionSubscriptions subscriptions, Balancer balancer, ILogger<PartitionHost> logger) : BackgroundService, IHealthCheck
{
    // A batch takes milliseconds, or waits for the database, and then another worker may wait for it as well.
    private static readonly TimeSpan DrainPatience = TimeSpan.FromSeconds(8);

    private volatile bool _wasSubscribed;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_wasSubscribed ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("The partitions are not subscribed yet."));

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await Task.WhenAll(subscriptions.All.Select(subscription => subscription.EndAsync(DrainPatience, cancellationToken)));
        await balancer.LeaveAsync();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await schema.WaitAsync(stoppingToken);
        await topology.WaitAsync(stoppingToken);
        await buses.WaitAsync(stoppingToken);
        while (true)
        {
            await balancer.BalanceAsync(stoppingToken);
            if (!_wasSubscribed && subscriptions.All.All(subscription => subscription.IsSubscribed))
            {
                _wasSubscribed = true;
                LogSubscribed(subscriptions.All.Count);
            }

            await balancer.WaitAsync(isEager: !_wasSubscribed, stoppingToken);
        }
    }

    [LoggerMessage(3301, LogLevel.Information, "Subscribed to {PartitionCount} partitions")]
    private partial void LogSubscribed(int partitionCount);
}
