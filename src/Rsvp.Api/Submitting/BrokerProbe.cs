using MassTransit;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Rsvp.Contracts;

namespace Rsvp.Api.Submitting;

/// <summary>Sends this instance an empty answer, straight to its own queue: often while the circuit is open, seldom while nothing else is sent.</summary>
/// <remarks>The bus calls itself healthy during a memory or disk alarm; only a confirmed message shows that messages are taken.</remarks>
internal sealed partial class BrokerProbe(
    IBusControl bus,
    ApiInstance instance,
    ConfirmedSender sender,
    BrokerCircuit circuit,
    IOptions<SubmittingOptions> options,
    TimeProvider time,
    ILogger<BrokerProbe> logger) : BackgroundService, IHealthCheck
{
    // While nothing was confirmed yet; a look at a bus that is not connected costs nothing.
    private static readonly TimeSpan EagerInterval = TimeSpan.FromMilliseconds(50);

    private readonly TaskCompletionSource _isConfirmed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(circuit.IsOpen ? HealthCheckResult.Unhealthy("The broker does not confirm messages.") : HealthCheckResult.Healthy());

    /// <summary>Returns when the broker has confirmed something, so that the server, which starts last, listens when it can serve; or after <see cref="SubmittingOptions.StartPatience"/>.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await base.StartAsync(cancellationToken);
        await _isConfirmed.Task.WaitAsync(options.Value.StartPatience, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var wasOpen = true;
        while (!stoppingToken.IsCancellationRequested)
        {
            if (circuit.IsOpen || circuit.Quiet > options.Value.IdleProbeInterval)
            {
                await ProbeAsync(stoppingToken);
            }

            if (wasOpen != circuit.IsOpen)
            {
                wasOpen = !wasOpen;
                LogTurn(wasOpen ? "does not confirm messages; commands are refused" : "confirms messages");
            }

            await Task.Delay(_isConfirmed.Task.IsCompleted ? options.Value.ProbeInterval : EagerInterval, time, stoppingToken);
        }
    }

    private async Task ProbeAsync(CancellationToken stoppingToken)
    {
        // Not connected, or its answer queue not there yet: nothing to try.
        if (bus.CheckHealth().Status is not BusHealthStatus.Healthy)
        {
            circuit.Open();
            return;
        }

        var nothing = new BatchApplied { BatchId = Guid.Empty, Partition = -1, Outcomes = [] };
        var acceptance = await sender.SendAsync(instance.QueueAddress, "", nothing, options.Value.ConfirmTimeout, stoppingToken);
        if (acceptance is Acceptance.Accepted)
        {
            circuit.Close();
            _isConfirmed.TrySetResult();
        }
        else
        {
            circuit.Open();
        }
    }

    [LoggerMessage(3101, LogLevel.Warning, "The broker {Turn}")]
    private partial void LogTurn(string turn);
}
