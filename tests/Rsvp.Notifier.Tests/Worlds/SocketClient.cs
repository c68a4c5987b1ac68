using System.Net;
using System.Net.WebSockets;
using System.Text.Json;
using Rsvp.Testing;

namespace Rsvp.Notifier.Tests.Worlds;

/// <summary>A client of the plain sockets.</summary>
internal sealed class SocketClient : IAsyncDisposable
{
    private readonly ClientWebSocket _socket = new();

    internal WebSocketCloseStatus? CloseStatus => _socket.CloseStatus;

    internal string? CloseReason => _socket.CloseStatusDescription;

    internal static async Task<SocketClient> ConnectAsync(Uri url, string pathAndQuery, string? token = null)
    {
        var client = new SocketClient();
        if (token is not null)
        {
            client._socket.Options.SetRequestHeader("Authorization", "Bearer " + token);
        }

        await client._socket.ConnectAsync(new UriBuilder(new Uri(url, pathAndQuery)) { Scheme = "ws" }.Uri, default);
        return client;
    }

    /// <summary>Asks for an upgrade and reads the refusal.</summary>
    internal static async Task<(HttpStatusCode Status, string? Code)> RefusalAsync(Uri url, string path, string? token, string? origin = null)
    {
        using var http = new HttpClient { BaseAddress = url };
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("Connection", "Upgrade");
        request.Headers.Add("Upgrade", "websocket");
        request.Headers.Add("Sec-WebSocket-Version", "13");
        request.Headers.Add("Sec-WebSocket-Key", Convert.ToBase64String(new byte[16]));
        if (token is not null)
        {
            request.Headers.Add("Authorization", "Bearer " + token);
        }

        if (origin is not null)
        {
            request.Headers.Add("Origin", origin);
        }

        using var answer = await http.SendAsync(request);
        var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        return (answer.StatusCode, problem.GetProperty("code").GetString());
    }

    /// <summary>The next message.</summary>
    internal async Task<JsonElement> ReceiveAsync()
    {
        var buffer = new byte[4_096];
        var received = await Eventually.EndsAsync(_socket.ReceiveAsync(buffer, default), "a message arrived");
        Assert.Equal(WebSocketMessageType.Text, received.MessageType);
        Assert.True(received.EndOfMessage);
        return JsonDocument.Parse(buffer.AsMemory(0, received.Count)).RootElement;
    }

    /// <summary>Reads on until the other side says goodbye.</summary>
    internal async Task<WebSocketCloseStatus?> ReceiveCloseAsync()
    {
        var buffer = new byte[4_096];
        while ((await _socket.ReceiveAsync(buffer, default)).MessageType != WebSocketMessageType.Close)
        {
        }

        return _socket.CloseStatus;
    }

    internal Task SendAsync(string text) => _socket.SendAsync(System.Text.Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, default);

    internal Task CloseAsync() => _socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default);

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }
}
