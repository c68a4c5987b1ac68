using MassTransit;
using Npgsql;
using Rsvp.Hosting.Database;
using Rsvp.Hosting.Messaging;
using Rsvp.Worker.Balancing;
using Rsvp.Worker.DeadLetters;
using Rsvp.Worker.Decisions;
using Rsvp.Worker.Outbox;
using Rsvp.Worker.Promotion;

namespace Rsvp.Worker.Partitions;

/// <summary>Adds what applies commands.</summary>
internal static class PartitionExtensions
{
    /// <summary>How PostgreSQL plans a batch's statements: once, because they ask by keys, and not by a scan of the table, which looks cheap while it is empty.</summary>
    internal const string BatchPlanOptions = "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off";

    // The data source that batches alone use.
    private const string Batches = "batches";

    public static void AddPartitions(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<PartitionMetrics>();
        builder.Services.AddSingleton<Fold>();
        builder.Services.AddSingleton(services => ActivatorUtilities.CreateInstance<BatchApplier>(services, services.GetRequiredKeyedService<NpgsqlDataSource>(Batches)));
        builder.Services.AddSingleton<OutcomeReplies>();
        builder.Services.AddSingleton<SystemCommands>();
        builder.Services.AddSingleton<BusGate>();
        builder.Services.AddSingleton<PartitionSubscriptions>();
        builder.AddBalancing();
        builder.Services.AddHostedService<DeadLetterWatch>();

        builder.AddMessagingDefaults();
        var name = WorkerInstance.NameOf(builder.Configuration);
        builder.Services.AddMassTransit(bus =>
        {
            bus.AddConsumer<CommandBatchConsumer>();
            bus.AddConsumer<FailCommandsConsumer>();
            bus.AddPromotion();
            bus.UsingBroker(builder.Configuration, $"rsvp-worker consume {name}");
        });
        builder.Services.AddMassTransit<IPublishBus>(bus => bus.UsingBroker(builder.Configuration, $"rsvp-worker publish {name}"));

        // Hosted after the buses, so stopped before them: partitions are left in good order.
        builder.Services.AddSingleton<PartitionHost>();
        builder.Services.AddHostedService(services => services.GetRequiredService<PartitionHost>());
        builder.Services.AddHealthChecks().AddCheck<PartitionHost>("partitions", tags: ["ready"]);
    }

    /// <summary>The worker's database, with bounds on every wait: a partition is retried in place, not left hanging.</summary>
    public static void AddWorkerPostgres(this WebApplicationBuilder builder)
    {
        builder.AddPostgres(connection => Bound(connection, connectionsMax: 20));

        // A pool hands out the connection that has rested longest. Batches have one that holds no more than were busy at once, so that one hot partition
        // stays with one server process, whose plans and tables are at hand.
        var connectionString = builder.PostgresConnectionString(connection =>
        {
            Bound(connection, connectionsMax: 40);
            connection.Options += " " + BatchPlanOptions;
        });
        builder.Services.AddKeyedSingleton(Batches, (_, _) => PostgresExtensions.CreateDataSource(connectionString, Batches));
    }

    private static void Bound(NpgsqlConnectionStringBuilder connection, int connectionsMax)
    {
        connection.MaxPoolSize = connectionsMax;
        connection.Options = "-c lock_timeout=2s -c statement_timeout=30s -c idle_in_transaction_session_timeout=30s";
    }

    /// <summary>Adds what publishes committed events.</summary>
    public static void AddOutbox(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<OutboxDispatcher>();
        builder.Services.AddHostedService(services => services.GetRequiredService<OutboxDispatcher>());
        builder.Services.AddSingleton<PublishProbe>();
        builder.Services.AddHostedService(services => services.GetRequiredService<PublishProbe>());
        builder.Services.AddHealthChecks().AddCheck<PublishProbe>("broker", tags: ["ready"]);
    }
}
