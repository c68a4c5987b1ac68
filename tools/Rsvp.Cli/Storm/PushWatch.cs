using System.Net.WebSockets;
using System.Text.Json;

namespace Rsvp.Cli.Storm;

/// <summary>Somebody in line with a socket open: what they were told last. Only the task that reads their socket writes it.</summary>
internal sealed class PushWatch(Guid rsvpId, string token)
{
    private const int MessageBytesMax = 64 * 1024;
    private readonly byte[] _buffer = new byte[MessageBytesMax];
    private long _version;
    private PushState? _last;
    private int _backCount;

    internal Guid RsvpId => rsvpId;

    /// <summary>What they were told last; null when nothing yet.</summary>
    internal PushState? Last => Volatile.Read(ref _last);

    /// <summary>How often they were told of a version older than one before, over all their connections.</summary>
    internal int BackCount => Volatile.Read(ref _backCount);

    internal async Task<ClientWebSocket> ConnectAsync(Uri apiUrl, CancellationToken cancellationToken)
    {
        var socket = new ClientWebSocket();
        try
        {
            socket.Options.SetRequestHeader("Authorization", "Bearer " + token);
            await socket.ConnectAsync(new Uri($"ws://{apiUrl.Authority}/api/rsvps/{rsvpId}/status"), cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Takes one message.</summary>
    /// <returns>What it says; null when the server closes.</returns>
    internal async Task<PushState?> ReceiveAsync(ClientWebSocket socket, CancellationToken cancellationToken)
    {
        int filled = 0;
        ValueWebSocketReceiveResult received;
        do
        {
            if (filled == _buffer.Length) throw new WebSocketException("a message is too long");

            received = await socket.ReceiveAsync(_buffer.AsMemory(filled), cancellationToken);
            if (received.MessageType == WebSocketMessageType.Close) return null;

            filled += received.Count;
        }
        while (!received.EndOfMessage);

        using JsonDocument document = JsonDocument.Parse(_buffer.AsMemory(0, filled));
        JsonElement data = document.RootElement.GetProperty("data");
        long version = data.GetProperty("version").GetInt64();
        if (version < _version) Volatile.Write(ref _backCount, _backCount + 1);
        _version = version;
        JsonElement position = data.GetProperty("waitlistPosition");
        var state = new PushState(
            data.GetProperty("status").GetString()!,
            data.GetProperty("rsvpVersion").GetInt64(),
            position.ValueKind == JsonValueKind.Number ? position.GetInt32() : null);
        Volatile.Write(ref _last, state);
        return state;
    }
}

/// <summary>One RSVP as its owner is told of it.</summary>
/// <param name="Status">Its status.</param>
/// <param name="Version">Its own version.</param>
/// <param name="Position">Its rank in line; null unless waitlisted.</param>
internal sealed record PushState(string Status, long Version, int? Position);
