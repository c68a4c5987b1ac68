using MassTransit;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Rsvp.Notifier.Messaging;

/// <summary>Knows whether the messages of a queue reach this notifier. Not ready while they do not.</summary>
/// <param name="what">What the messages are, in the plural and with a capital.</param>
internal abstract class EndpointLink(string what) : IReceiveEndpointObserver, IHealthCheck
{
    private volatile bool _isBound;

    public Task Ready(ReceiveEndpointReady ready)
    {
        _isBound = true;
        return OnBoundAsync();
    }

    public Task Stopping(ReceiveEndpointStopping stopping) => Task.CompletedTask;

    public Task Completed(ReceiveEndpointCompleted completed)
    {
        _isBound = false;
        return Task.CompletedTask;
    }

    public Task Faulted(ReceiveEndpointFaulted faulted)
    {
        _isBound = false;
        OnLost(faulted.Exception?.Message ?? "the endpoint faulted");
        return Task.CompletedTask;
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_isBound ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy($"{what} do not arrive."));

    /// <summary>Messages begin to arrive, for the first time or again.</summary>
    protected virtual Task OnBoundAsync() => Task.CompletedTask;

    /// <summary>Messages do not arrive, and it is known why.</summary>
    protected abstract void OnLost(string reason);
}
