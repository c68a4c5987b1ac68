using MassTransit;
using MassTransit.Configuration;
using MassTransit.Observables;
using MassTransit.RabbitMqTransport.Configuration;
using MassTransit.Transports;

namespace Rsvp.Hosting.Messaging;

/// <summary>Makes a bus that is back within about two seconds of its broker, and whose sends fail at once instead of being tried again inside.</summary>
/// <remarks>
/// The library waits 4 s after a connection's first failure and up to 37 s between later ones, for receiving and sending alike, and has no setting for it.
/// Here receivers ask every second or two, spread so that services do not come all at once; and whoever sends has a bound of its own, and decides itself.
/// </remarks>
internal sealed class EagerBusFactory : TransportRegistrationBusFactory<IRabbitMqReceiveEndpointConfigurator>
{
    private readonly BusConfiguration _busConfiguration;
    private readonly Action<IBusRegistrationContext, IRabbitMqBusFactoryConfigurator> _configure;

    internal EagerBusFactory(Action<IBusRegistrationContext, IRabbitMqBusFactoryConfigurator> configure)
        : this(new BusConfiguration(new RabbitMqTopologyConfiguration(RabbitMqBusFactory.CreateMessageTopology())), configure)
    {
    }

    private EagerBusFactory(BusConfiguration busConfiguration, Action<IBusRegistrationContext, IRabbitMqBusFactoryConfigurator> configure)
        : base(busConfiguration.HostConfiguration) => (_busConfiguration, _configure) = (busConfiguration, configure);

    public override IBusInstance CreateBus(IBusRegistrationContext context, IEnumerable<IBusInstanceSpecification> specifications, string busName) =>
        CreateBus(new RabbitMqBusFactoryConfigurator(_busConfiguration), context, _configure, specifications);

    private sealed class HostConfiguration(IRabbitMqBusConfiguration bus, IRabbitMqTopologyConfiguration topology) : RabbitMqHostConfiguration(bus, topology)
    {
        // Added to the second that the library itself lets pass. Whatever the error was: what an operator puts right is found to be right without a restart.
        public override IRetryPolicy ReceiveTransportRetryPolicy { get; } = Retry.Exponential(
            retryLimit: int.MaxValue, minInterval: TimeSpan.FromMilliseconds(100), maxInterval: TimeSpan.FromSeconds(1), intervalDelta: TimeSpan.FromMilliseconds(200));

        public override IRetryPolicy SendTransportRetryPolicy => Retry.None;
    }

    private sealed class BusConfiguration : RabbitMqEndpointConfiguration, IRabbitMqBusConfiguration
    {
        private readonly BusObservable _busObservers = new();

        internal BusConfiguration(IRabbitMqTopologyConfiguration topology)
            : base(topology)
        {
            HostConfiguration = new HostConfiguration(this, topology);
            BusEndpointConfiguration = CreateEndpointConfiguration(isBusEndpoint: true);
        }

        public IRabbitMqHostConfiguration HostConfiguration { get; }

        public IRabbitMqEndpointConfiguration BusEndpointConfiguration { get; }

        IHostConfiguration IBusConfiguration.HostConfiguration => HostConfiguration;

        IEndpointConfiguration IBusConfiguration.BusEndpointConfiguration => BusEndpointConfiguration;

        IBusObserver IBusConfiguration.BusObservers => _busObservers;

        public ConnectHandle ConnectBusObserver(IBusObserver observer) => _busObservers.Connect(observer);

        public ConnectHandle ConnectEndpointConfigurationObserver(IEndpointConfigurationObserver observer) =>
            HostConfiguration.ConnectEndpointConfigurationObserver(observer);
    }
}
