using MassTransit;
using MassTransit.Transports;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Rsvp.Hosting.Messaging;
using Rsvp.Testing;
using Rsvp.Worker.Outbox;
using Rsvp.Worker.Partitions;

namespace Rsvp.Worker.Tests.Outbox;

/// <summary>The worker's look at the broker, through a proxy that can become a black hole after everything has connected.</summary>
public sealed class PublishProbeTests : IAsyncLifetime
{
    // Past this a message that went down with its connection is given up; the test waits for that, not for a person.
    private static readonly TimeSpan AtMost = TimeSpan.FromSeconds(40);

    private static readonly TimeSpan StopAtMost = TimeSpan.FromSeconds(10);

    private readonly TcpProxy _proxy = TcpProxy.OfBroker();
    private TestBroker _broker = null!;
    private ServiceProvider _services = null!;

    private PublishProbe Probe => _services.GetRequiredService<PublishProbe>();

    private IBusControl Publishing => _services.GetRequiredService<IBusInstance<IPublishBus>>().BusControl;

    public async ValueTask InitializeAsync()
    {
        _broker = await TestBroker.CreateAsync();
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new("ConnectionStrings:RabbitMq", _proxy.Through(await _broker.UrlOfAsync("rsvp_worker"))), new("RabbitMq:HeartbeatSeconds", "1")])
            .Build();
        _services = new ServiceCollection()
            .AddLogging(logging => logging.ClearProviders())
            .AddSingleton(TimeProvider.System)
            .AddMassTransit(bus => bus.UsingBroker(configuration, "probe consume"))
            .AddMassTransit<IPublishBus>(bus => bus.UsingBroker(configuration, "probe publish"))
            .AddSingleton<BusGate>()
            .AddSingleton<PublishProbe>()
            .BuildServiceProvider();
        await _services.GetRequiredService<IBusControl>().StartAsync();
        await Publishing.StartAsync();
        await Probe.StartAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        _proxy.ComeBack();
        await Probe.StopAsync(CancellationToken.None);
        await Publishing.StopAsync(StopAtMost);
        await _services.GetRequiredService<IBusControl>().StopAsync(StopAtMost);
        await _services.DisposeAsync();
        await _proxy.DisposeAsync();
        await _broker.DisposeAsync();
    }

    [Fact]
    public async Task A_broker_that_swallows_everything_is_noticed_and_so_is_its_return()
    {
        await SaysAsync(HealthStatus.Healthy);

        var before = _proxy.AcceptedCount;
        _proxy.Swallow();
        await SaysAsync(HealthStatus.Unhealthy);
        await Eventually.HoldsAsync(() => _proxy.AcceptedCount >= before + 2, "both connections are given up, and with them the message under way", AtMost);
        _proxy.ComeBack();

        await SaysAsync(HealthStatus.Healthy);
    }

    private Task SaysAsync(HealthStatus status) =>
        Eventually.HoldsAsync(async () => (await Probe.CheckHealthAsync(new HealthCheckContext())).Status == status, $"the probe says {status}", AtMost);
}
