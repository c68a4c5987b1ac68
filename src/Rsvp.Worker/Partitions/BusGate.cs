using MassTransit;
using MassTransit.Transports;

namespace Rsvp.Worker.Partitions;

/// <summary>Lets the worker use its buses once both have started: a bus that is published to, or given endpoints, while it starts may fault for good.</summary>
/// <param name="consuming">The bus that consumes.</param>
/// <param name="publishing">The bus that publishes.</param>
internal sealed class BusGate(IBusControl consuming, IBusInstance<IPublishBus> publishing)
{
    /// <summary>Waits until both are started and connected; the broker may be away meanwhile.</summary>
    /// <param name="cancellationToken">The worker stops.</param>
    /// <exception cref="OperationCanceledException">The worker stops.</exception>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        await consuming.WaitForHealthStatus(BusHealthStatus.Healthy, cancellationToken);
        await publishing.BusControl.WaitForHealthStatus(BusHealthStatus.Healthy, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
    }
}
