using System.Buffers.Text;
using System.Diagnostics;
using System.Net.WebSockets;

namespace Rsvp.Bench.Pushes;

/// <summary>Somebody who watches an activity's seats over a plain WebSocket, and notes when a version arrived.</summary>
internal sealed class CapacityWatcher(Uri apiUrl, Guid activityId, string token) : IDisposable
{
    private const int MessageBytesMax = 2 * 1024;
    private readonly byte[] _buffer = new byte[MessageBytesMax];
    private readonly ClientWebSocket _socket = new();
    private long _version;
    private long _awaited = long.MaxValue;
    private long _arrivedAt;
    private int _messageCount;

    internal long Version => Volatile.Read(ref _version);

    /// <summary>Messages since the connection was opened, the snapshot included.</summary>
    internal int MessageCount => Volatile.Read(ref _messageCount);

    /// <summary>Stopwatch ticks at which the awaited version, or a later one, was there; 0 while it is not.</summary>
    internal long ArrivedAt => Volatile.Read(ref _arrivedAt);

    internal async Task ConnectAsync(HttpMessageInvoker invoker, CancellationToken cancellationToken)
    {
        _socket.Options.SetRequestHeader("Authorization", "Bearer " + token);
        await _socket.ConnectAsync(new Uri($"ws://{apiUrl.Authority}/api/activities/{activityId}/capacity"), invoker, cancellationToken);
    }

    internal void Await(long version)
    {
        Volatile.Write(ref _arrivedAt, 0);
        Volatile.Write(ref _awaited, version);
    }

    /// <summary>Until the socket is closed.</summary>
    internal async Task ReadAsync()
    {
        try
        {
            while (true)
            {
                int filled = 0;
                ValueWebSocketReceiveResult received;
                do
                {
                    received = await _socket.ReceiveAsync(_buffer.AsMemory(filled), CancellationToken.None);
                    filled += received.Count;
                }
                while (!received.EndOfMessage);

                if (received.MessageType == WebSocketMessageType.Close) return;
                Take(_buffer.AsSpan(0, filled));
            }
        }
        catch (Exception exception) when (exception is WebSocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The measurement is over; a watcher who is lost before that is missed where arrivals are counted.
        }
    }

    public void Dispose() => _socket.Dispose();

    private void Take(ReadOnlySpan<byte> message)
    {
        Volatile.Write(ref _messageCount, _messageCount + 1);
        int at = message.IndexOf("\"version\":"u8);
        if (at < 0 || !Utf8Parser.TryParse(message[(at + 10)..], out long version, out _)) return;

        Volatile.Write(ref _version, version);
        if (version >= Volatile.Read(ref _awaited) && ArrivedAt == 0) Volatile.Write(ref _arrivedAt, Stopwatch.GetTimestamp());
    }
}
