using MassTransit;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Rsvp.Notifier.Watching;

namespace Rsvp.Notifier.Changes;

/// <summary>Knows whether committed changes reach this instance. Each time they begin to, everything watched is read again: what came before was missed.</summary>
internal sealed partial class ChangesLink(ActivityLoops loops, ILogger<ChangesLink> logger) : IReceiveEndpointObserver, IHealthCheck
{
    /// <summary>Logged each time changes begin to arrive.</summary>
    internal const int BoundEventId = 5001;

    private volatile bool _isBound;

    public async Task Ready(ReceiveEndpointReady ready)
    {
        _isBound = true;
        var watched = loops.All();
        LogBound(watched.Count);
        foreach (var loop in watched)
        {
            await loop.PostAsync(new Mail.Resync(null), CancellationToken.None);
        }
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
        LogLost(faulted.Exception?.Message ?? "the endpoint faulted");
        return Task.CompletedTask;
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_isBound ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("Changes do not arrive."));

    [LoggerMessage(BoundEventId, LogLevel.Information, "Changes arrive; {ActivityCount} watched activities are read again")]
    private partial void LogBound(int activityCount);

    [LoggerMessage(5002, LogLevel.Warning, "Changes do not arrive: {Reason}")]
    private partial void LogLost(string reason);
}
