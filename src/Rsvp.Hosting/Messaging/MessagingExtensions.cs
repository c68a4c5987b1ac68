using System.Text.Json;
using MassTransit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Rsvp.Contracts;
using Rsvp.Hosting.Messaging.Json;
using Rsvp.Hosting.Partitions;

namespace Rsvp.Hosting.Messaging;

/// <summary>What every bus of every service shares.</summary>
public static class MessagingExtensions
{
    /// <summary>Binds the partition options and bounds how long buses take to start and to stop.</summary>
    /// <param name="builder">The host.</param>
    public static void AddMessagingDefaults(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddOptions<PartitionTopologyOptions>().BindConfiguration("Partitions").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddOptions<MassTransitHostOptions>().Configure(options =>
        {
            // A service starts without its broker and becomes ready when the broker is there.
            options.WaitUntilStarted = false;
            options.StopTimeout = TimeSpan.FromSeconds(15);
            options.ConsumerStopTimeout = TimeSpan.FromSeconds(10);
        });

        // By default the library reports its use to its makers.
        builder.Services.Configure<UsageTelemetryOptions>(options => options.Enabled = false);
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(20));
    }

    /// <summary>Uses the broker at <c>ConnectionStrings:RabbitMq</c>, and comes back to it soon after it was away.</summary>
    /// <param name="registration">What the bus consumes.</param>
    /// <param name="configuration">The service's configuration.</param>
    /// <param name="connectionName">How the connection shows in the management UI.</param>
    /// <param name="configure">Endpoints of the bus, if it has any of its own.</param>
    public static void UsingBroker(
        this IBusRegistrationConfigurator registration,
        IConfiguration configuration,
        string connectionName,
        Action<IBusRegistrationContext, IRabbitMqBusFactoryConfigurator>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(registration);
        registration.SetBusFactory(new EagerBusFactory((context, bus) =>
        {
            bus.UseBroker(configuration, connectionName);
            configure?.Invoke(context, bus);
        }));
    }

    /// <summary>Connects a bus to <c>ConnectionStrings:RabbitMq</c>, to whichever of its nodes is there, and names the exchanges of our messages.</summary>
    /// <param name="bus">The bus.</param>
    /// <param name="configuration">The service's configuration.</param>
    /// <param name="connectionName">How the connection shows in the management UI.</param>
    /// <exception cref="InvalidOperationException">The connection string is missing.</exception>
    public static void UseBroker(this IRabbitMqBusFactoryConfigurator bus, IConfiguration configuration, string connectionName)
    {
        ArgumentNullException.ThrowIfNull(bus);
        ArgumentNullException.ThrowIfNull(configuration);
        var url = configuration.GetConnectionString("RabbitMq") ?? throw new InvalidOperationException("ConnectionStrings:RabbitMq is missing.");
        var address = BrokerAddress.Parse(url);
        bus.Host(address.Url, connectionName, host =>
        {
            if (address.Nodes.Count > 1)
            {
                host.UseCluster(cluster =>
                {
                    foreach (var (name, port) in address.Nodes)
                    {
                        cluster.Node(FormattableString.Invariant($"{name}:{port}"));
                    }
                });
            }

            // A frozen peer is noticed after two of these.
            host.Heartbeat(TimeSpan.FromSeconds(configuration.GetValue("RabbitMq:HeartbeatSeconds", 10)));
            host.RequestedConnectionTimeout(TimeSpan.FromSeconds(5));
        });

        bus.UseContractJson();
        bus.Message<CommandBatch>(message => message.SetEntityName(Topology.CommandsExchange));
        bus.Publish<CommandBatch>(publish => publish.ExchangeType = "direct");
        var partitions = configuration.GetSection("Partitions").Get<PartitionTopologyOptions>() ?? new PartitionTopologyOptions();
        bus.Send<CommandBatch>(send => send.UseRoutingKeyFormatter(context => Topology.RoutingKeyOf(partitions, context.Message)));
        bus.Message<BatchApplied>(message => message.SetEntityName(Topology.OutcomesExchange));
        bus.Publish<BatchApplied>(publish => publish.ExchangeType = "direct");
        bus.Message<ActivityChanged>(message => message.SetEntityName(Topology.ChangesExchange));
        bus.Publish<ActivityChanged>(publish => publish.ExchangeType = "fanout");
        bus.Message<NotificationsIssued>(message => message.SetEntityName(Topology.NotificationsExchange));
        bus.Publish<NotificationsIssued>(publish =>
        {
            publish.ExchangeType = "fanout";
            // Whoever publishes binds the notifiers' queue: a message to an exchange without a queue would be confirmed and lost.
            publish.BindQueue(Topology.NotificationsExchange, Topology.NotificationsQueue, queue =>
            {
                queue.SetQueueArgument("x-queue-type", "quorum");
                queue.SetQueueArgument("x-delivery-limit", Topology.DeliveryLimit);
                queue.SetQueueArgument("x-dead-letter-exchange", Topology.DeadLetterQueue);
            });
        });
    }

    /// <summary>Reads and writes our messages by generated code, and all others without indentation: the library writes for eyes and looks for comments between any two tokens.</summary>
    /// <param name="bus">A bus of any transport.</param>
    public static void UseContractJson(this IBusFactoryConfigurator bus)
    {
        ArgumentNullException.ThrowIfNull(bus);
        bus.ConfigureJsonSerializerOptions(json => new JsonSerializerOptions(json) { WriteIndented = false, ReadCommentHandling = JsonCommentHandling.Disallow });
        var serializer = new ContractSerializer();
        bus.AddSerializer(serializer);
        bus.AddDeserializer(serializer, isDefault: true);
    }
}
