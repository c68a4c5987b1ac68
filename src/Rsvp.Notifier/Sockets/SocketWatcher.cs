using System.Net.WebSockets;
using Rsvp.Hosting.Problems;
using Rsvp.Notifier.Watching;

namespace Rsvp.Notifier.Sockets;

/// <summary>A plain WebSocket. It can be told things before it is accepted; they wait in order, so that a refusal can still be an HTTP answer.</summary>
internal sealed class SocketWatcher(HttpContext http, Guid userId, bool isAdmin, PushOptions options, TimeProvider timeProvider, PushMetrics metrics)
    : Watcher(userId, isAdmin, options, timeProvider, metrics), IDisposable
{
    // One message at a time; the first turn comes with the socket.
    private readonly SemaphoreSlim _turn = new(0, 1);
    private readonly CancellationTokenSource _ended = new();
    private WebSocket? _socket;
    private volatile string? _endedBy;

    /// <summary>Cancelled when the watcher may no longer watch.</summary>
    internal CancellationToken Ended => _ended.Token;

    /// <summary>Why it may no longer watch; null while it may.</summary>
    internal string? EndedBy => _endedBy;

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
        _ended.Dispose();
        _turn.Dispose();
    }

    internal override void Revoke(Guid rsvpId)
    {
        base.Revoke(rsvpId);
        SayGoodbye(ProblemCodes.RsvpNotFound);
    }

    internal override void End(string code)
    {
        Close();
        SayGoodbye(code);
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

    /// <summary>Has the session close the socket.</summary>
    private void SayGoodbye(string code)
    {
        _endedBy ??= code;
        try
        {
            _ended.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The socket has ended, and who tells it so has not heard of that yet.
        }
    }
}
