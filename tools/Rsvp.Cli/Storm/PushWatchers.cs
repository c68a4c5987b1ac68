using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json;
using Npgsql;

namespace Rsvp.Cli.Storm;

/// <summary>People at the head of the line, each with a socket open, who hear of their promotion.</summary>
internal sealed class PushWatchers(Uri apiUrl, TimeProvider time) : IAsyncDisposable
{
    private const int WatchersMax = 500;
    private const int ConnectAtOnce = 16;
    private const int MessageBytesMax = 64 * 1024;
    private static readonly TimeSpan ConnectAtMost = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    private readonly ConcurrentBag<ClientWebSocket> _sockets = [];
    private readonly ConcurrentBag<Task> _readers = [];
    private readonly ConcurrentDictionary<Guid, DateTimeOffset> _heard = new();
    private readonly ConcurrentDictionary<Guid, byte> _watching = new();
    private readonly CancellationTokenSource _stop = new();

    /// <summary>RSVPs with a watcher.</summary>
    internal ICollection<Guid> Watching => _watching.Keys;

    /// <summary>When each watcher heard of being confirmed.</summary>
    internal IReadOnlyDictionary<Guid, DateTimeOffset> Heard => _heard;

    /// <summary>Opens a socket for everybody whom the coming cancels may promote.</summary>
    internal async Task ConnectAsync(
        NpgsqlDataSource dataSource, StormClient client, StormRound rush, int cancelCount, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = dataSource.CreateCommand(
            "SELECT rsvp_id, user_id FROM rsvps WHERE activity_id = $1 AND status = 'waitlisted' ORDER BY line_key, rsvp_id LIMIT $2");
        command.Parameters.Add(new() { Value = rush.ActivityId });
        command.Parameters.Add(new() { Value = Math.Min(WatchersMax, cancelCount * 2) });
        var people = new List<(Guid Rsvp, Guid User)>();
        await using (NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken)) people.Add((reader.GetGuid(0), reader.GetGuid(1)));
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(ConnectAtMost);
        await Parallel.ForEachAsync(
            people,
            new ParallelOptions { MaxDegreeOfParallelism = ConnectAtOnce, CancellationToken = limit.Token },
            async (person, token) => await WatchAsync(person.Rsvp, client.TokenFor(person.User), token));
    }

    /// <summary>Waits until all of these have heard of it, or the time is up.</summary>
    internal async Task WaitForAsync(IReadOnlyCollection<Guid> promoted, TimeSpan atMost, CancellationToken cancellationToken)
    {
        DateTimeOffset until = time.GetUtcNow() + atMost;
        while (promoted.Any(rsvp => _watching.ContainsKey(rsvp) && !_heard.ContainsKey(rsvp)) && time.GetUtcNow() < until)
        {
            await Task.Delay(PollInterval, cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_readers);
        foreach (ClientWebSocket socket in _sockets) socket.Dispose();
        _stop.Dispose();
    }

    private async Task WatchAsync(Guid rsvpId, string token, CancellationToken cancellationToken)
    {
        var socket = new ClientWebSocket();
        _sockets.Add(socket);
        socket.Options.SetRequestHeader("Authorization", "Bearer " + token);
        await socket.ConnectAsync(new Uri($"ws://{apiUrl.Authority}/api/rsvps/{rsvpId}/status"), cancellationToken);

        // The snapshot comes first; from then on nothing can be missed.
        var buffer = new byte[MessageBytesMax];
        await ReceiveAsync(socket, buffer, cancellationToken);
        _watching[rsvpId] = 0;
        _readers.Add(ReadAsync(rsvpId, socket, buffer));
    }

    private async Task ReadAsync(Guid rsvpId, ClientWebSocket socket, byte[] buffer)
    {
        try
        {
            while (await ReceiveAsync(socket, buffer, _stop.Token) is { Length: > 0 } message)
            {
                DateTimeOffset now = time.GetUtcNow();
                using JsonDocument document = JsonDocument.Parse(message);
                if (document.RootElement.GetProperty("data").GetProperty("status").GetString() == "confirmed") _heard.TryAdd(rsvpId, now);
            }
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException)
        {
            // A watcher that loses its socket has not heard, and is counted so.
        }
    }

    /// <summary>One whole message; empty when the server closes.</summary>
    private static async Task<ReadOnlyMemory<byte>> ReceiveAsync(ClientWebSocket socket, byte[] buffer, CancellationToken cancellationToken)
    {
        int filled = 0;
        while (true)
        {
            ValueWebSocketReceiveResult received = await socket.ReceiveAsync(buffer.AsMemory(filled), cancellationToken);
            filled += received.Count;
            if (received.MessageType == WebSocketMessageType.Close) return ReadOnlyMemory<byte>.Empty;
            if (received.EndOfMessage) return buffer.AsMemory(0, filled);
            if (filled == buffer.Length) throw new WebSocketException("a message is too long");
        }
    }
}
