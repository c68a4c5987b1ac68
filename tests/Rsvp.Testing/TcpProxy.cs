using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Rsvp.Testing;

/// <summary>Stands between a service and one of its servers, and can be slow, go silent, swallow everything, reset connections, or go away.</summary>
public sealed class TcpProxy : IAsyncDisposable
{
    private readonly string _host;
    private readonly int _port;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopped = new();
    private readonly ConcurrentDictionary<Socket, Socket> _connections = [];
    private readonly Task _accepting;
    private volatile TaskCompletionSource _answers = Passing();
    private volatile TaskCompletionSource _questions = Passing();
    private volatile bool _isAway;
    private volatile Func<ReadOnlyMemory<byte>, bool>? _lost;
    private int _acceptedCount;

    /// <summary>Listens on a port of its own.</summary>
    /// <param name="host">Where the server is.</param>
    /// <param name="port">The server's port.</param>
    public TcpProxy(string host, int port)
    {
        (_host, _port) = (host, port);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>How many connections were made.</summary>
    public int AcceptedCount => Volatile.Read(ref _acceptedCount);

    /// <summary>Whether what is to be lost has not come yet.</summary>
    public bool IsToLose => _lost is not null;

    private int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How much later everything arrives, each way.</summary>
    public TimeSpan Latency { get; set; }

    /// <summary>A proxy of the test broker.</summary>
    public static TcpProxy OfBroker() => new(TestServers.RabbitMq.Host, TestServers.RabbitMq.Port);

    /// <summary>A URL of the server, through this proxy.</summary>
    /// <param name="url">The server's own.</param>
    public string Through(string url) => new UriBuilder(url) { Host = "127.0.0.1", Port = Port }.Uri.AbsoluteUri;

    /// <summary>A connection string of the server, through this proxy.</summary>
    /// <param name="keywords">The server's own.</param>
    public string ThroughKeywords(string keywords) => new NpgsqlConnectionStringBuilder(keywords) { Host = "127.0.0.1", Port = Port }.ToString();

    /// <summary>What the server says does not come through any more, though connections stay; what is sent to it does.</summary>
    public void GoSilent() => _answers = Blocking();

    /// <summary>A black hole: connections stay and new ones are made, and nothing comes through either way.</summary>
    public void Swallow()
    {
        _questions = Blocking();
        GoSilent();
    }

    /// <summary>Closes every connection and every new one.</summary>
    public void GoAway()
    {
        _isAway = true;
        CloseAll();
    }

    /// <summary>The next of the server's answers for which this holds is lost, and connections stay.</summary>
    /// <param name="isIt">Is given what came at once.</param>
    public void Lose(Func<ReadOnlyMemory<byte>, bool> isIt) => _lost = isIt;

    /// <summary>Resets every connection, as a machine does that lost its memory of them: what is under way is gone. New ones are taken.</summary>
    public void Reset()
    {
        foreach (var (client, server) in _connections)
        {
            Abort(client);
            Abort(server);
        }

        static void Abort(Socket socket)
        {
            try
            {
                // Closed with a linger of zero, a socket sends RST and not FIN.
                socket.LingerState = new LingerOption(true, 0);
                socket.Close();
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                // It is gone already.
            }
        }
    }

    /// <summary>Ends whatever it does to those who come.</summary>
    public void ComeBack()
    {
        Latency = TimeSpan.Zero;
        _isAway = false;
        _questions.TrySetResult();
        _answers.TrySetResult();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopped.CancelAsync();
        _listener.Stop();
        CloseAll();
        await _accepting;
        _stopped.Dispose();
    }

    private static TaskCompletionSource Passing()
    {
        var passing = new TaskCompletionSource();
        passing.SetResult();
        return passing;
    }

    private static TaskCompletionSource Blocking() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void CloseAll()
    {
        foreach (var (client, server) in _connections)
        {
            client.Close();
            server.Close();
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptSocketAsync(_stopped.Token);
                Interlocked.Increment(ref _acceptedCount);
                if (_isAway)
                {
                    client.Close();
                    continue;
                }

                var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
                try
                {
                    await server.ConnectAsync(_host, _port, _stopped.Token);
                }
                catch (SocketException)
                {
                    // The server itself is away; it may come back.
                    client.Close();
                    server.Dispose();
                    continue;
                }

                _connections[client] = server;
                _ = PumpAsync(client, server, isAnswer: false);
                _ = PumpAsync(server, client, isAnswer: true);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task PumpAsync(Socket from, Socket to, bool isAnswer)
    {
        var bytes = new byte[64 * 1024];
        try
        {
            while (await from.ReceiveAsync(bytes, _stopped.Token) is var count and > 0)
            {
                await (isAnswer ? _answers : _questions).Task.WaitAsync(_stopped.Token);
                if (Latency > TimeSpan.Zero)
                {
                    await Task.Delay(Latency, _stopped.Token);
                }

                if (isAnswer && _lost?.Invoke(bytes.AsMemory(0, count)) is true)
                {
                    _lost = null;
                    continue;
                }

                var sent = 0;
                while (sent < count)
                {
                    sent += await to.SendAsync(bytes.AsMemory(sent, count - sent), _stopped.Token);
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // One side is gone; so is the other, below.
        }

        from.Close();
        to.Close();
        _connections.TryRemove(isAnswer ? to : from, out _);
    }
}
