using System.Net.WebSockets;

namespace Rsvp.Notifier.Sockets;

/// <summary>The life of one accepted socket: it ends with the client, the token, the right to watch, or the service.</summary>
internal sealed class SocketSession(SocketWatcher watcher, WebSocket socket, TimeProvider timeProvider)
{
    // Clients have nothing to say; a few words are forgiven.
    private const int InboundBytesMax = 4 * 1024;
    private const int InboundMessagesMax = 20;

    // For a client to answer a goodbye.
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(3);

    /// <param name="expiresIn">Until the token's end.</param>
    /// <param name="stopping">The service stops.</param>
    /// <param name="aborted">The connection is gone.</param>
    internal async Task RunAsync(TimeSpan expiresIn, CancellationToken stopping, CancellationToken aborted)
    {
        using var expired = new CancellationTokenSource(expiresIn, timeProvider);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(expired.Token, stopping, watcher.Ended);
        watcher.Attach(socket);

        // A receive that is cancelled takes the socket with it, so it is left alone and the goodbye said beside it.
        var receiving = ReceiveAsync(aborted);
        var ended = Task.Delay(Timeout.InfiniteTimeSpan, timeProvider, ending.Token);
        await Task.WhenAny(receiving, ended);

        using var closing = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        closing.CancelAfter(CloseTimeout);
        try
        {
            var (status, reason) = receiving.IsCompletedSuccessfully
                ? await receiving
                : stopping.IsCancellationRequested ? (WebSocketCloseStatus.EndpointUnavailable, "The service restarts; connect again.")
                : watcher.EndedBy is { } code ? (WebSocketCloseStatus.PolicyViolation, code)
                : (WebSocketCloseStatus.PolicyViolation, "token_expired");
            await watcher.CloseAsync(status, reason, closing.Token);
            await receiving.WaitAsync(closing.Token);
        }
        catch (Exception error) when (error is OperationCanceledException or WebSocketException or IOException)
        {
            // The client does not answer, or is gone.
            watcher.Abort();
        }
        finally
        {
            await ending.CancelAsync();
        }
    }

    /// <summary>Reads until the client says goodbye or too much.</summary>
    private async Task<(WebSocketCloseStatus Status, string? Reason)> ReceiveAsync(CancellationToken aborted)
    {
        var buffer = new byte[512];
        var bytes = 0;
        var messages = 0;
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(), aborted);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                return (WebSocketCloseStatus.NormalClosure, null);
            }

            bytes += received.Count;
            messages += received.EndOfMessage ? 1 : 0;
            if (bytes > InboundBytesMax || messages > InboundMessagesMax)
            {
                return (WebSocketCloseStatus.PolicyViolation, "This socket takes no messages.");
            }
        }
    }
}
