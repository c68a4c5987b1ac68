using MassTransit;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Rsvp.Contracts;
using Rsvp.Hosting.Messaging;
using Rsvp.Worker.Partitions;

namespace Rsvp.Worker.Outbox;

/// <summary>Knows whether the broker takes what this worker publishes: sends an answer to nobody, every few seconds, and waits for its confirm.</summary>
/// <remarks>The bus calls itself healthy during a memory or disk alarm; only a confirmed message shows that messages are taken.</remarks>
/// <param name="bus">The bus that replies and events leave on.</param>
/// <param name="buses">Says when it may be used.</param>
/// <param name="time">The clock of the probe.</param>
internal sealed class PublishProbe(IPublishBus bus, BusGate buses, TimeProvider time) : BackgroundService, IHealthCheck
{
    // No API instance has this name, so the exchange confirms the message and drops it.
    private const string Nobody = "nobody";

    // Readiness is at most this old; one small message each.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ConfirmTimeout = TimeSpan.FromSeconds(2);

    // A confirm that went down with its connection never comes.
    private static readonly TimeSpan GiveUpAfter = TimeSpan.FromSeconds(10);

    private volatile bool _isConfirmed;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_isConfirmed ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("The broker does not confirm messages."));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await buses.WaitAsync(stoppingToken);
        Task<bool>? underWay = null;
        while (true)
        {
            // One at a time: what an alarm holds up is not added to, and its confirm is the sign that the alarm is over.
            underWay ??= SendAsync(stoppingToken);
            await Task.WhenAny(underWay, Task.Delay(ConfirmTimeout, time, stoppingToken));
            _isConfirmed = underWay.IsCompleted && await underWay;
            if (underWay.IsCompleted) underWay = null;
            await Task.Delay(Interval, time, stoppingToken);
        }
    }

    private async Task<bool> SendAsync(CancellationToken cancellationToken)
    {
        try
        {
            var endpoint = await bus.GetSendEndpoint(new Uri($"exchange:{Topology.OutcomesExchange}?type=direct"));
            await endpoint.Send(
                new BatchApplied { BatchId = Guid.Empty, Partition = -1, Outcomes = [] },
                context =>
                {
                    context.SetRoutingKey(Nobody);
                    context.Durable = false;
                },
                cancellationToken).WaitAsync(GiveUpAfter, time, cancellationToken);
            return true;
        }
#pragma warning disable CA1031 // Whatever the reason: it was not confirmed, and the next one may be.
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            return false;
        }
    }
}
