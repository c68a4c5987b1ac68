using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Rsvp.Testing;

namespace Rsvp.Api.Tests.Submitting;

/// <summary>Stands between a service and the test broker, and can go silent or away.</summary>
internal sealed class BrokerProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopped = new();
    private readonly ConcurrentDictionary<Socket, Socket> _connections = [];
    private readonly Task _accepting;
    private volatile TaskCompletionSource _passes = Passing();
    private volatile bool _isAway;

    public BrokerProxy()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>A URL of the broker, through this proxy.</summary>
    internal string Through(string url) =>
        new UriBuilder(url) { Host = "127.0.0.1", Port = ((IPEndPoint)_listener.LocalEndpoint).Port }.Uri.AbsoluteUri;

    /// <summary>What the broker says does not come through any more, though connections stay; what is sent to it does.</summary>
    internal void GoSilent() => _passes = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Closes every connection and every new one.</summary>
    internal void GoAway()
    {
        _isAway = true;
        CloseAll();
    }

    /// <summary>Ends both.</summary>
    internal void ComeBack()
    {
        _isAway = false;
        _passes.TrySetResult();
    }

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
                if (_isAway)
                {
                    client.Close();
                    continue;
                }

                var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await server.ConnectAsync(TestServers.RabbitMq.Host, TestServers.RabbitMq.Port, _stopped.Token);
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
                if (isAnswer)
                {
                    await _passes.Task.WaitAsync(_stopped.Token);
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
    }
}
