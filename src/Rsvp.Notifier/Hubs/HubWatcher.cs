using Microsoft.AspNetCore.SignalR;
using Rsvp.Notifier.Watching;

namespace Rsvp.Notifier.Hubs;

/// <summary>A connection of the hub.</summary>
internal sealed class HubWatcher(
    HubConnectionContext connection, Guid userId, bool isAdmin, PushOptions options, TimeProvider timeProvider, PushMetrics metrics)
    : Watcher(userId, isAdmin, options, timeProvider, metrics)
{
    private static readonly object ItemKey = new();

    /// <summary>What the connection may still call.</summary>
    internal CallAllowance Calls { get; } = new(options, timeProvider);

    internal static HubWatcher Of(HubCallerContext context) => (HubWatcher)context.Items[ItemKey]!;

    internal void Attach() => connection.Items[ItemKey] = this;

    internal override void Abort()
    {
        connection.Abort();
        try
        {
            // The hub ends a connection politely, after what is being written; a client that takes nothing needs the other way.
            connection.GetHttpContext()?.Abort();
        }
        catch (ObjectDisposedException)
        {
            // It has ended already.
        }
    }

    protected override ValueTask WriteAsync(PushMessage message) => connection.WriteAsync(message.Hub);
}
