using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Options;
using Rsvp.Hosting.Auth;
using Rsvp.Notifier.Watching;

namespace Rsvp.Notifier.Hubs;

/// <summary>Gives each hub connection its watcher, which writes to it directly: groups would wait for the slowest of their members.</summary>
internal sealed class WatcherLifetimeManager(
    ILogger<DefaultHubLifetimeManager<RsvpHub>> logger, IOptions<PushOptions> options, TimeProvider timeProvider, PushMetrics metrics)
    : DefaultHubLifetimeManager<RsvpHub>(logger)
{
    public override Task OnConnectedAsync(HubConnectionContext connection)
    {
        new HubWatcher(connection, connection.User.UserId(), connection.User.IsAdmin(), options.Value, timeProvider, metrics).Attach();
        return base.OnConnectedAsync(connection);
    }
}
