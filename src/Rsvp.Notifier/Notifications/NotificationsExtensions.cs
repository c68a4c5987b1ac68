using MassTransit;
using Rsvp.Hosting.Database;
using Rsvp.Hosting.Webhooks;
using Rsvp.Notifier.Notifications.Email;
using Rsvp.Notifier.Notifications.Webhooks;

namespace Rsvp.Notifier.Notifications;

/// <summary>Adds what tells people by mail and webhook.</summary>
internal static class NotificationsExtensions
{
    /// <summary>Key of the data source of deliveries: connections of their own, so that neither they nor push wait for each other's.</summary>
    internal const string Database = "notifications";

    /// <summary>Connections of <see cref="Database"/>: one for what is planned, one for each channel's look at what is due, the rest for records, which are short.</summary>
    internal const int ConnectionsMax = 8;

    internal static void AddNotifications(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        var connectionString = builder.PostgresConnectionString(connection =>
        {
            connection.MaxPoolSize = ConnectionsMax;
            connection.Options = "-c statement_timeout=30s";
        });
        services.AddKeyedSingleton(Database, (_, _) => PostgresExtensions.CreateDataSource(connectionString, Database));
        services.AddOptions<NotificationsOptions>().BindConfiguration("Notifications").ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<SmtpOptions>().BindConfiguration("Smtp").ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<WebhookOptions>().BindConfiguration("Webhooks");
        services.AddSingleton<DeliveryMetrics>();
        services.AddSingleton<DeliveryPlan>();
        services.AddSingleton<DeliveryPlanner>();
        services.AddSingleton<DeliveryStore>();
        services.AddSingleton<SmtpConnections>();
        services.AddSingleton<INotificationChannel, EmailChannel>();
        services.AddSingleton<WebhookClient>();
        services.AddSingleton<WebhookHealth>();
        services.AddSingleton<INotificationChannel, WebhookChannel>();
        services.AddSingleton<DeliveryLoops>();
        services.AddHostedService(provider => provider.GetRequiredService<DeliveryLoops>());
        services.AddSingleton<NotificationsLink>();
        services.AddHostedService<NotificationsQueue>();
        services.AddHealthChecks().AddCheck<NotificationsLink>("notifications", tags: ["ready"]);
    }

    /// <summary>Adds the consumer to the notifier's bus; <see cref="NotificationsQueue"/> connects it.</summary>
    internal static void AddNotifications(this IBusRegistrationConfigurator bus) => bus.AddConsumer<NotificationsIssuedConsumer>();
}
