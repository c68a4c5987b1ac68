using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Rsvp.Hosting.Secrets;

/// <summary>Looks at the secrets before anything of the service starts.</summary>
internal sealed class SecretsGate(IConfiguration configuration, IHostEnvironment environment) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        KnownSecrets.Refuse(configuration, environment);
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
