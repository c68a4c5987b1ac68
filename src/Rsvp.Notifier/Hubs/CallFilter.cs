using Microsoft.AspNetCore.SignalR;
using Npgsql;
using Rsvp.Hosting.Problems;
using Rsvp.Notifier.Access;
using Rsvp.Notifier.Watching;

namespace Rsvp.Notifier.Hubs;

/// <summary>Bounds the connections of a user and the calls of a connection, and answers refusals with their code.</summary>
internal sealed partial class CallFilter(UserConnections connections, PushMetrics metrics, ILogger<CallFilter> logger) : IHubFilter
{
    private const string Transport = "hub";

    // Refusals in a row before a connection that calls on is closed.
    private const int RefusalsMax = 100;

    private static readonly object RefusalsKey = new();

    public async ValueTask<object?> InvokeMethodAsync(HubInvocationContext invocationContext, Func<HubInvocationContext, ValueTask<object?>> next)
    {
        var watcher = HubWatcher.Of(invocationContext.Context);
        if (!watcher.Calls.TryTake())
        {
            Refuse(invocationContext.Context);
        }

        try
        {
            return await next(invocationContext);
        }
        catch (WatchRefusal refusal)
        {
            throw Coded(refusal.Kind);
        }
        catch (NpgsqlException error)
        {
            LogDatabaseAway(error.Message);
            throw Coded(ProblemCatalog.Find(ProblemCodes.Unavailable));
        }
    }

    public Task OnConnectedAsync(HubLifetimeContext context, Func<HubLifetimeContext, Task> next)
    {
        var watcher = HubWatcher.Of(context.Context);
        if (!connections.TryOpen(watcher))
        {
            // A connection that is refused here never counts as disconnected.
            watcher.Close();
            throw Coded(ProblemCatalog.Find(ProblemCodes.TooManyConnections));
        }

        metrics.ConnectionOpened(Transport);
        return next(context);
    }

    public Task OnDisconnectedAsync(HubLifetimeContext context, Exception? exception, Func<HubLifetimeContext, Exception?, Task> next)
    {
        var watcher = HubWatcher.Of(context.Context);
        metrics.ConnectionClosed(Transport);
        connections.Close(watcher);
        watcher.Close();
        return next(context, exception);
    }

    private static void Refuse(HubCallerContext caller)
    {
        var refusals = (int)(caller.Items[RefusalsKey] ?? 0) + 1;
        caller.Items[RefusalsKey] = refusals;
        if (refusals > RefusalsMax)
        {
            caller.Abort();
        }

        throw Coded(ProblemCatalog.Find(ProblemCodes.RateLimited));
    }

    private static HubException Coded(ProblemKind kind) => new($"{kind.Code}: {kind.Title}");

    [LoggerMessage(5201, LogLevel.Warning, "A watch was refused because the database is away: {Reason}")]
    private partial void LogDatabaseAway(string reason);
}
