using MassTransit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Rsvp.Hosting.Messaging;
using Rsvp.Testing;

namespace Rsvp.Hosting.Tests.Messaging;

/// <summary>How soon a bus asks again for a broker that is away. Counted in tries, side by side with the library's own bus, whatever the machine's speed.</summary>
public sealed class ReconnectTests : IAsyncLifetime
{
    private static readonly TimeSpan StopAtMost = TimeSpan.FromSeconds(10);

    private readonly TcpProxy _proxy = TcpProxy.OfBroker();
    private readonly TcpProxy _controlProxy = TcpProxy.OfBroker();
    private TestBroker _broker = null!;
    private ServiceProvider _ours = null!;
    private ServiceProvider _control = null!;

    public async ValueTask InitializeAsync()
    {
        _broker = await TestBroker.CreateAsync();
        _ours = await StartAsync(_proxy, (bus, configuration) => bus.UsingBroker(configuration, "ours", (_, broker) => Receive(broker, "ours")));
        _control = await StartAsync(_controlProxy, (bus, configuration) => bus.UsingRabbitMq((_, broker) =>
        {
            broker.UseBroker(configuration, "control");
            Receive(broker, "control");
        }));
    }

    public async ValueTask DisposeAsync()
    {
        _proxy.ComeBack();
        _controlProxy.ComeBack();
        foreach (var services in new[] { _ours, _control })
        {
            await BusOf(services).StopAsync(StopAtMost);
            await services.DisposeAsync();
        }

        await _proxy.DisposeAsync();
        await _controlProxy.DisposeAsync();
        await _broker.DisposeAsync();
    }

    [Fact]
    public async Task A_bus_whose_broker_is_away_asks_again_every_second_or_two_where_the_librarys_own_waits_for_many()
    {
        var (before, controlBefore) = (_proxy.AcceptedCount, _controlProxy.AcceptedCount);
        _proxy.GoAway();
        _controlProxy.GoAway();

        await Eventually.HoldsAsync(() => _proxy.AcceptedCount >= before + 6, "it has asked six times", TimeSpan.FromSeconds(30));

        Assert.InRange(_controlProxy.AcceptedCount - controlBefore, 1, 4);
        _proxy.ComeBack();
        await BusOf(_ours).WaitForHealthStatus(BusHealthStatus.Healthy, TimeSpan.FromSeconds(60));
        Assert.Equal(BusHealthStatus.Healthy, BusOf(_ours).CheckHealth().Status);
        Assert.NotEqual(BusHealthStatus.Healthy, BusOf(_control).CheckHealth().Status);
    }

    [Fact]
    public async Task A_send_to_a_broker_that_is_away_fails_at_once_where_the_librarys_own_keeps_it()
    {
        var (endpoint, controlEndpoint) = (await EndpointAsync(_ours), await EndpointAsync(_control));
        _proxy.GoAway();
        _controlProxy.GoAway();

        var kept = controlEndpoint.Send(new Letter());
        await Eventually.HoldsAsync(() => FailsAsync(endpoint), "a send fails");

        Assert.False(kept.IsCompleted);
        _controlProxy.ComeBack();
        await kept.WaitAsync(TimeSpan.FromSeconds(60));
    }

    private static async Task<bool> FailsAsync(ISendEndpoint endpoint)
    {
        // Until the lost connection is noticed, a message may still be under way on it.
        try
        {
            await Eventually.EndsAsync(SendAsync(), "a send to a broker that is away ends");
            return false;
        }
        catch (Exception exception) when (exception is not TimeoutException)
        {
            return true;
        }

        async Task<bool> SendAsync()
        {
            await endpoint.Send(new Letter());
            return true;
        }
    }

    private static Task<ISendEndpoint> EndpointAsync(ServiceProvider services) => BusOf(services).GetSendEndpoint(new Uri("exchange:letters?type=fanout"));

    private static IBusControl BusOf(ServiceProvider services) => services.GetRequiredService<IBusControl>();

    private static void Receive(IRabbitMqBusFactoryConfigurator broker, string queue) =>
        broker.ReceiveEndpoint(queue, endpoint => endpoint.Handler<Letter>(_ => Task.CompletedTask));

    private async Task<ServiceProvider> StartAsync(TcpProxy proxy, Action<IBusRegistrationConfigurator, IConfiguration> use)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("ConnectionStrings:RabbitMq", proxy.Through(_broker.Url))]).Build();
        var services = new ServiceCollection().AddLogging().AddMassTransit(bus => use(bus, configuration)).BuildServiceProvider();
        var bus = BusOf(services);
        await bus.StartAsync();
        await bus.WaitForHealthStatus(BusHealthStatus.Healthy, TimeSpan.FromSeconds(60));
        return services;
    }

    public sealed record Letter;
}
