using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Options;
using Rsvp.Notifier.Access;
using Rsvp.Notifier.Json;
using Rsvp.Notifier.Watching;

namespace Rsvp.Notifier.Hubs;

/// <summary>Adds and maps the hub.</summary>
internal static class HubExtensions
{
    // A call is a name and an id.
    private const int MessageBytesMax = 4 * 1024;

    // Updates that the transport may hold for a client that is slow to take them; what is newer is merged.
    private const int OutgoingBytesMax = 32 * 1024;

    // Below the bound on silence that the public origin sets.
    private static readonly TimeSpan PollTimeout = TimeSpan.FromSeconds(30);

    // The connection's first words come with it.
    private static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(5);

    internal static void AddHub(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<CallFilter>();
        services.AddSignalR(hub =>
            {
                hub.MaximumReceiveMessageSize = MessageBytesMax;
                hub.HandshakeTimeout = HandshakeTimeout;
            })
            .AddHubOptions<RsvpHub>(hub => hub.AddFilter<CallFilter>())
            .AddJsonProtocol(json => json.PayloadSerializerOptions.TypeInfoResolverChain.Insert(0, PushJson.Default));
        services.AddSingleton<HubLifetimeManager<RsvpHub>, WatcherLifetimeManager>();
    }

    internal static void MapHub(this WebApplication app)
    {
        var options = app.Services.GetRequiredService<IOptions<PushOptions>>().Value;
        app.MapHub<RsvpHub>("/hubs/rsvp", endpoint =>
            {
                endpoint.ApplicationMaxBufferSize = MessageBytesMax * 2;
                endpoint.TransportMaxBufferSize = OutgoingBytesMax;
                endpoint.TransportSendTimeout = options.SendTimeout;
                endpoint.LongPolling.PollTimeout = PollTimeout;
                endpoint.CloseOnAuthenticationExpiration = true;
            })
            .WithMetadata(new PushEndpoint { NeedsUpgrade = false })
            .RequireCors(OriginRules.CorsPolicy);
    }
}
