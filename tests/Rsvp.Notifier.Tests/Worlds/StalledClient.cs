using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;

namespace Rsvp.Notifier.Tests.Worlds;

/// <summary>A hub client that calls and never reads an answer. The id of a call comes back with its answer, so long ids make long answers.</summary>
internal sealed class StalledClient : IAsyncDisposable
{
    private const int CallsAtOnce = 500;

    private static readonly string CallId = new('x', 3_000);

    private readonly ClientWebSocket _socket = new();
    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler
    {
        // A small window, so that it is full soon.
        ConnectCallback = async (context, cancellationToken) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 2_048, NoDelay = true };
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        },
    });

    private Task _call = Task.CompletedTask;

    /// <summary>True once calling fails, because the notifier has closed the connection.</summary>
    internal bool IsDropped => _call.IsFaulted;

    internal static async Task<StalledClient> ConnectAsync(Uri url, string token, Guid activityId)
    {
        var client = new StalledClient();
        client._socket.Options.KeepAliveInterval = TimeSpan.Zero;
        await client._socket.ConnectAsync(new UriBuilder(url) { Scheme = "ws", Path = "/hubs/rsvp", Query = "access_token=" + token }.Uri, client._http, default);
        await client.SendAsync("""{"protocol":"json","version":1}""" + "\u001e" + $$"""{"type":1,"target":"WatchActivity","arguments":["{{activityId}}"]}""" + "\u001e");
        return client;
    }

    /// <summary>Calls many times, unless the calls of last time are still on their way.</summary>
    internal void Call()
    {
        if (_call.IsCompleted && !IsDropped)
        {
            var call = $$"""{"type":1,"invocationId":"{{CallId}}","target":"UnwatchActivity","arguments":["{{Guid.NewGuid()}}"]}""" + "\u001e";
            _call = SendAsync(string.Concat(Enumerable.Repeat(call, CallsAtOnce)));
        }
    }

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    private Task SendAsync(string text) =>
        _socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, default);
}
