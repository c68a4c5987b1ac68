using System.Net;
using System.Net.Sockets;

namespace Rsvp.Cli.Storm;

/// <summary>
/// One keep-alive connection that sends a prepared request, waits for the response, and takes the next one. It shares the machine with
/// what it measures, so it allocates nothing per request.
/// </summary>
internal sealed class LoadConnection(IPEndPoint endpoint) : IDisposable
{
    private const int BufferBytes = 8 * 1024;
    private const int ResponseBytesMax = 1024 * 1024;

    private byte[] _buffer = new byte[BufferBytes];
    private Socket? _socket;
    private bool _isDisposed;

    internal async Task ConnectAsync(CancellationToken cancellationToken)
    {
        _socket?.Dispose();
        _socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await _socket.ConnectAsync(endpoint, cancellationToken);
    }

    /// <summary>Until nobody is left. A broken connection leaves its request without an answer and goes on with a new one.</summary>
    internal async Task RunAsync(StormRound round)
    {
        while (!_isDisposed && round.TryTake(out int index))
        {
            try
            {
                TimeSpan due = round.Due(index);
                if (due > TimeSpan.Zero) await Task.Delay(due);
                if (_socket is null) await ConnectAsync(CancellationToken.None);
                await ExchangeAsync(round, index);
            }
            catch (Exception exception) when (exception is SocketException or IOException or ObjectDisposedException)
            {
                round.Complete(index, default);
                _socket?.Dispose();
                _socket = null;
            }
        }
    }

    /// <summary>Also ends a wait for a response that does not come.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        _socket?.Dispose();
    }

    private async Task ExchangeAsync(StormRound round, int index)
    {
        byte[] request = round.Requests[index];
        for (int sent = 0; sent < request.Length;) sent += await _socket!.SendAsync(request.AsMemory(sent), SocketFlags.None);

        int filled = 0;
        while (true)
        {
            int received = await _socket!.ReceiveAsync(_buffer.AsMemory(filled), SocketFlags.None);
            if (received == 0) throw new IOException("the server closed the connection");

            filled += received;
            if (TryComplete(round, index, filled)) return;
            if (filled < _buffer.Length) continue;
            if (filled >= ResponseBytesMax) throw new IOException("the response is too long");

            Array.Resize(ref _buffer, _buffer.Length * 2);
        }
    }

    private bool TryComplete(StormRound round, int index, int filled)
    {
        if (!HttpResponse.TryRead(_buffer.AsSpan(0, filled), out HttpResponse response)) return false;

        round.Complete(index, Answer.Read(response.StatusCode, response.Body));
        if (!response.KeepAlive)
        {
            _socket!.Dispose();
            _socket = null;
        }

        return true;
    }
}
