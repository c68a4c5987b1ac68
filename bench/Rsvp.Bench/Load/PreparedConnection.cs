using System.Net;
using System.Net.Sockets;
using Rsvp.Cli.Storm;

namespace Rsvp.Bench.Load;

/// <summary>
/// One keep-alive connection that sends prepared bytes and looks at those that come back. Beside a storm, whose people ask by <c>Rsvp.Client</c>,
/// it is nothing that an application would do: it shares two processors with what it measures, and leaves them to it. It makes nothing of a
/// request but a task, and asks the rivals, which are not Rsvp, in the same way.
/// </summary>
/// <param name="endpoint">Who is asked.</param>
/// <param name="requests">By user of the round, headers and all.</param>
internal sealed class PreparedConnection(IPEndPoint endpoint, byte[][] requests) : ILoadConnection
{
    private const int BufferBytes = 8 * 1024;
    private const int ResponseBytesMax = 1024 * 1024;

    private byte[] _buffer = new byte[BufferBytes];
    private Socket? _socket;

    public async Task ConnectAsync(CancellationToken cancellationToken)
    {
        _socket?.Dispose();
        _socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await _socket.ConnectAsync(endpoint, cancellationToken);
    }

    /// <summary>A broken connection leaves its request without an answer and goes on with a new one.</summary>
    public async Task<Answer> AskAsync(StormRound round, int index, CancellationToken cancellationToken)
    {
        try
        {
            if (_socket is null) await ConnectAsync(cancellationToken);
            return await ExchangeAsync(requests[index]);
        }
        catch (Exception exception) when (exception is SocketException or IOException or ObjectDisposedException or OperationCanceledException)
        {
            _socket?.Dispose();
            _socket = null;
            return default;
        }
    }

    /// <summary>Also ends a wait for a response that does not come.</summary>
    public void Dispose() => _socket?.Dispose();

    private async Task<Answer> ExchangeAsync(byte[] request)
    {
        for (int sent = 0; sent < request.Length;) sent += await _socket!.SendAsync(request.AsMemory(sent), SocketFlags.None);

        int filled = 0;
        while (true)
        {
            int received = await _socket!.ReceiveAsync(_buffer.AsMemory(filled), SocketFlags.None);
            if (received == 0) throw new IOException("the server closed the connection");

            filled += received;
            if (TryRead(filled, out Answer answer)) return answer;
            if (filled < _buffer.Length) continue;
            if (filled >= ResponseBytesMax) throw new IOException("the response is too long");

            Array.Resize(ref _buffer, _buffer.Length * 2);
        }
    }

    private bool TryRead(int filled, out Answer answer)
    {
        answer = default;
        if (!HttpResponse.TryRead(_buffer.AsSpan(0, filled), out HttpResponse response)) return false;

        answer = AnswerReader.Read(response.StatusCode, response.Body);
        if (!response.KeepAlive)
        {
            _socket!.Dispose();
            _socket = null;
        }

        return true;
    }
}
