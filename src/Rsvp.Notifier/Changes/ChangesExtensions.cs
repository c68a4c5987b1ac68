using MassTransit;
using Rsvp.Hosting.Messaging;
using Rsvp.Notifier.Notifications;

namespace Rsvp.Notifier.Changes;

/// <summary>Adds the bus and the queue of this instance.</summary>
internal static class ChangesExtensions
{
    // Passing a change on costs nothing; a few on their way keep the connection busy.
    private const int Prefetch = 64;

    // Some 100 MB at the broker. An instance that far behind finds what was dropped by comparing with the database.
    private const int QueueLengthMax = 50_000;

    // For a queue whose instance died before it began to consume.
    private static readonly TimeSpan QueueExpiration = TimeSpan.FromMinutes(1);

    internal static void AddChanges(this IHostApplicationBuilder builder)
    {
        builder.AddMessagingDefaults();
        var services = builder.Services;
        services.AddSingleton<NotifierInstance>();
        services.AddSingleton<ChangesLink>();
        services.AddMassTransit(masstransit =>
        {
            masstransit.AddConsumer<ActivityChangedConsumer>();
            masstransit.AddNotifications();
            masstransit.UsingBroker(builder.Configuration, "rsvp-notifier", (context, bus) =>
                bus.ReceiveEndpoint(context.GetRequiredService<NotifierInstance>().QueueName, endpoint => ConfigureChanges(endpoint, context)));
        });
        services.AddHostedService<Reconciler>();
        services.AddHealthChecks().AddCheck<ChangesLink>("changes", tags: ["ready"]);
    }

    private static void ConfigureChanges(IRabbitMqReceiveEndpointConfigurator endpoint, IBusRegistrationContext context)
    {
        endpoint.ConfigureConsumeTopology = false;
        endpoint.Durable = false;
        endpoint.AutoDelete = true;
        endpoint.QueueExpiration = QueueExpiration;
        endpoint.SetQueueArgument("x-max-length", QueueLengthMax);
        endpoint.PrefetchCount = Prefetch;
        // One after another: what arrives in order is passed on in order.
        endpoint.ConcurrentMessageLimit = 1;
        // A message that cannot be read is not worth a queue of its own: what it says is in the database.
        endpoint.PublishFaults = false;
        endpoint.DiscardFaultedMessages();
        endpoint.DiscardSkippedMessages();
        endpoint.Bind(Topology.ChangesExchange, binding => binding.ExchangeType = "fanout");
        endpoint.ConfigureConsumer<ActivityChangedConsumer>(context);
        endpoint.ConnectReceiveEndpointObserver(context.GetRequiredService<ChangesLink>());
    }
}
