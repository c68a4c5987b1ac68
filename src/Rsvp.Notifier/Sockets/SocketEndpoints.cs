using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Npgsql;
using Rsvp.Hosting.Auth;
using Rsvp.Hosting.Problems;
using Rsvp.Notifier.Access;
using Rsvp.Notifier.Snapshots;
using Rsvp.Notifier.Watching;

namespace Rsvp.Notifier.Sockets;

/// <summary>The two plain WebSocket paths.</summary>
internal static partial class SocketEndpoints
{
    private const string Transport = "socket";

    // Both below the bound on silence that the public origin sets.
    private static readonly TimeSpan KeepAliveInterval = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan KeepAliveTimeout = TimeSpan.FromSeconds(15);

    // The longest a timer can wait is 49 days; a client with a token for longer connects again.
    private static readonly TimeSpan LifetimeMax = TimeSpan.FromDays(7);

    internal static void UseSockets(this WebApplication app) => app.UseWebSockets(new WebSocketOptions
    {
        KeepAliveInterval = KeepAliveInterval,
        KeepAliveTimeout = KeepAliveTimeout,
    });

    internal static void MapSockets(this WebApplication app)
    {
        var upgrade = new PushEndpoint { NeedsUpgrade = true };
        var sockets = app.MapGroup("/api").AddEndpointFilter(RequireUpgradeAsync).WithMetadata(upgrade);
        sockets.MapGet("/activities/{id:guid}/capacity", (Guid id, HttpContext http) => WatchAsync(http, id, WatchTarget.Capacity(id)));
        sockets.MapGet("/rsvps/{id:guid}/status", WatchRsvpAsync);
    }

    private static async ValueTask<object?> RequireUpgradeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (http.WebSockets.IsWebSocketRequest)
        {
            return await next(context);
        }

        http.Response.Headers.Upgrade = "websocket";
        await Problem.WriteAsync(http, ProblemCodes.UpgradeRequired);
        return Results.Empty;
    }

    private static async Task WatchRsvpAsync(Guid id, HttpContext http, SnapshotReader reader, ILogger<SocketSession> logger)
    {
        Guid? activityId;
        try
        {
            activityId = await reader.FindActivityAsync(id, http.RequestAborted);
        }
        catch (NpgsqlException error)
        {
            LogDatabaseAway(logger, error.Message);
            await Problem.WriteAsync(http, ProblemCodes.Unavailable);
            return;
        }

        await (activityId is { } found ? WatchAsync(http, found, WatchTarget.Rsvp(id)) : Problem.WriteAsync(http, ProblemCodes.RsvpNotFound));
    }

    private static async Task WatchAsync(HttpContext http, Guid activityId, WatchTarget target)
    {
        var services = http.RequestServices;
        var connections = services.GetRequiredService<UserConnections>();
        using var watcher = new SocketWatcher(
            http, http.User.UserId(), http.User.IsAdmin(), services.GetRequiredService<IOptions<PushOptions>>().Value,
            services.GetRequiredService<TimeProvider>(), services.GetRequiredService<PushMetrics>());
        if (!connections.TryOpen(watcher))
        {
            await Problem.WriteAsync(http, ProblemCodes.TooManyConnections);
            return;
        }

        try
        {
            await ServeAsync(http, activityId, watcher, target);
        }
        finally
        {
            connections.Close(watcher);
        }
    }

    private static async Task ServeAsync(HttpContext http, Guid activityId, SocketWatcher watcher, WatchTarget target)
    {
        var services = http.RequestServices;
        var metrics = services.GetRequiredService<PushMetrics>();
        var timeProvider = services.GetRequiredService<TimeProvider>();
        try
        {
            await services.GetRequiredService<ActivityLoops>().JoinAsync(activityId, watcher, target, http.RequestAborted);
            using var socket = await http.WebSockets.AcceptWebSocketAsync();
            metrics.ConnectionOpened(Transport);
            try
            {
                await new SocketSession(watcher, socket, timeProvider).RunAsync(
                    await LifetimeAsync(http, timeProvider), services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping, http.RequestAborted);
            }
            finally
            {
                metrics.ConnectionClosed(Transport);
            }
        }
        catch (WatchRefusal refusal)
        {
            await Problem.WriteAsync(http, refusal.Kind.Code);
        }
        finally
        {
            watcher.Close();
        }
    }

    private static async Task<TimeSpan> LifetimeAsync(HttpContext http, TimeProvider timeProvider)
    {
        var token = await http.AuthenticateAsync();
        var lifetime = (token.Properties?.ExpiresUtc ?? DateTimeOffset.MinValue) - timeProvider.GetUtcNow();
        return lifetime < TimeSpan.Zero ? TimeSpan.Zero : lifetime > LifetimeMax ? LifetimeMax : lifetime;
    }

    [LoggerMessage(5401, LogLevel.Warning, "A socket was refused because the database is away: {Reason}")]
    private static partial void LogDatabaseAway(ILogger logger, string reason);
}
