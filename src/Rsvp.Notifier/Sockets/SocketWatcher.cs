using System.Net.WebSockets;
using Rsvp.Notifier.Watching;

namespace Rsvp.Notifier.Sockets;

/// <summary>A plain WebSocket. It can be told things before it is accepted; they wait in order, so that a refusal can still be an HTTP answer.</summary>
internal sealed class SocketWatcher(HttpContext http, Guid userId, bool isAdmin, PushOptions options, TimeProvider timeProvider, PushMetrics metrics)
    : Watcher(userId, isAdmin, options, timeProvider, metrics), IDisposable
{
    // One message at a time; the first turn comes with the socket.
    private readonly SemaphoreSlim _turn = new(0, 1);
    private readonly CancellationTokenSource _revoked = new();
    private WebSocket? _socket;

    /// <summary>Cancelled when the watcher may no longer watch.</summary>
    internal CancellationToken Revoked => _revoked.Token;

    internal void Attach(WebSocket socket)
    {
        _socket = socket;
        _turn.Release();
    }

    /// <summary>Says goodbye after what is being written, as far as the client takes it in time.</summary>
    internal async Task CloseAsync(WebSocketCloseStatus status, string? reason, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_socket!.State is WebSocketState.Open or WebSocketState.CloseReceived)
            {
                await _socket.CloseOutputAsync(status, reason, cancellationToken);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose()
    {
        _revoked.Dispose();
        _turn.Dispose();
    }

    internal override void Revoke(Guid rsvpId)
    {
        base.Revoke(rsvpId);
        try
        {
            _revoked.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The socket has ended, and the loop has not heard of it yet.
        }
    }

    internal override void Abort()
    {
        try
        {
            http.Abort();
        }
        catch (ObjectDisposedException)
        {
            // The request has ended already.
        }
    }

    protected override async ValueTask WriteAsync(PushMessage message)
    {
        var bytes = message.Socket;
        await _turn.WaitAsync(http.RequestAborted);
        try
        {
            if (_socket!.State == WebSocketState.Open)
            {
                await _socket.SendAsync(bytes, WebSocketMessageType.Text, endOfMessage: true, http.RequestAborted);
            }
        }
        finally
        {
            _turn.Release();
        }
    }
}
