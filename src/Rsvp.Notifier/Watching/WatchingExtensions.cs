using Rsvp.Hosting.Database;
using Rsvp.Notifier.Notifications;
using Rsvp.Notifier.Snapshots;

namespace Rsvp.Notifier.Watching;

/// <summary>Adds what keeps watchers up to date.</summary>
internal static class WatchingExtensions
{
    internal static void AddWatching(this IHostApplicationBuilder builder)
    {
        PostgresExtensions.ReserveThreads(SnapshotReader.ConnectionsMax + NotificationsExtensions.ConnectionsMax);
        builder.AddPostgres(connection =>
        {
            connection.MaxPoolSize = SnapshotReader.ConnectionsMax;
            connection.Options = "-c statement_timeout=5s";
        });
        var services = builder.Services;
        services.AddOptions<PushOptions>().BindConfiguration("Push").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<PushMetrics>();
        services.AddSingleton<SnapshotReader>();
        services.AddSingleton<ActivityLoops>();
        services.AddHostedService(provider => provider.GetRequiredService<ActivityLoops>());
    }
}
