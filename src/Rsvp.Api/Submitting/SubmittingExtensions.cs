using MassTransit;
using Rsvp.Hosting.Messaging;

namespace Rsvp.Api.Submitting;

/// <summary>Adds the bus and what sends commands over it.</summary>
internal static class SubmittingExtensions
{
    // Answers to batches that nobody took in for a minute are for clients that no longer wait (30 s at most).
    private static readonly TimeSpan AnswerTimeToLive = TimeSpan.FromMinutes(1);

    // Answers that may wait at the broker for a slow instance; with 512 outcomes each about 100 MB, dropped from the old end.
    private const int AnswersMax = 500;

    internal static void AddSubmitting(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        builder.AddMessagingDefaults();
        services.AddOptions<SubmittingOptions>().BindConfiguration("Submitting").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<ApiInstance>();
        services.AddSingleton<BrokerCircuit>();
        services.AddSingleton<ConfirmedSender>();
        services.AddSingleton<SubmittingMetrics>();
        services.AddSingleton<CommandSubmitter>();
        services.AddSingleton<BrokerProbe>();

        services.AddMassTransit(masstransit =>
        {
            masstransit.AddConsumer<BatchAppliedConsumer>();
            masstransit.UsingBroker(builder.Configuration, "rsvp-api", (context, bus) =>
                bus.ReceiveEndpoint(context.GetRequiredService<ApiInstance>().QueueName, endpoint => ConfigureAnswers(endpoint, context)));
        });

        // Hosted after the bus, so stopped before it: what was taken can still be sent.
        services.AddHostedService(provider => provider.GetRequiredService<CommandSubmitter>());
        services.AddHostedService(provider => provider.GetRequiredService<BrokerProbe>());
        services.AddHealthChecks().AddCheck<BrokerProbe>("broker", tags: ["ready"]);
    }

    private static void ConfigureAnswers(IRabbitMqReceiveEndpointConfigurator endpoint, IBusRegistrationContext context)
    {
        endpoint.ConfigureConsumeTopology = false;
        endpoint.Durable = false;
        endpoint.AutoDelete = true;
        endpoint.SetQueueArgument("x-message-ttl", AnswerTimeToLive);
        endpoint.SetQueueArgument("x-max-length", AnswersMax);
        endpoint.PrefetchCount = 32;
        // Outcomes of different batches need no order; two keep both cores of a small machine busy.
        endpoint.ConcurrentMessageLimit = 2;
        // A message that cannot be read is not worth a queue of its own: its outcomes are in the database.
        endpoint.PublishFaults = false;
        endpoint.DiscardFaultedMessages();
        endpoint.DiscardSkippedMessages();
        endpoint.Bind(Topology.OutcomesExchange, binding =>
        {
            binding.ExchangeType = "direct";
            binding.RoutingKey = context.GetRequiredService<ApiInstance>().Id;
        });
        endpoint.ConfigureConsumer<BatchAppliedConsumer>(context);
    }
}
