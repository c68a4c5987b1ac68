using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Rsvp.Bench.Network;

/// <summary>
/// Stands before a server and holds back what is sent to it, so that every round trip takes longer by a fixed time. Timers of the runtime are too coarse for
/// parts of a millisecond, so threads of its own sleep. Linux and macOS only.
/// </summary>
internal sealed class DelayProxy : IDisposable
{
    private const int BufferBytes = 64 * 1024;
    private readonly TcpListener _listener;
    private readonly int _serverPort;
    private readonly TimeSpan _delay;
    private readonly ConcurrentBag<Socket> _sockets = [];
    private volatile bool _isDisposed;

    internal DelayProxy(int port, int serverPort, TimeSpan delay)
    {
        _serverPort = serverPort;
        _delay = delay;
        _listener = new TcpListener(IPAddress.Loopback, port);
        _listener.Start();
        Start(AcceptAll);
    }

    public void Dispose()
    {
        _isDisposed = true;
        _listener.Stop();
        foreach (Socket socket in _sockets) socket.Dispose();
    }

    private void AcceptAll()
    {
        while (!_isDisposed)
        {
            Socket client = _listener.AcceptSocket();
            var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            server.Connect(IPAddress.Loopback, _serverPort);
            foreach (Socket socket in (Socket[])[client, server])
            {
                socket.NoDelay = true;
                _sockets.Add(socket);
            }

            // What has been read waits in line until its time; a second part that came right after the first is not held back twice.
            var line = new BlockingCollection<(byte[] Bytes, long DueAt)>();
            Start(() => Read(client, bytes => line.Add((bytes.ToArray(), Stopwatch.GetTimestamp() + (long)(_delay.TotalSeconds * Stopwatch.Frequency))), line.CompleteAdding));
            Start(() => SendDue(line, server));
            Start(() => Read(server, bytes => client.Send(bytes), client.Dispose));
        }
    }

    private static void Read(Socket from, Sink sink, Action end)
    {
        try
        {
            byte[] buffer = new byte[BufferBytes];
            while (from.Receive(buffer) is var count and > 0) sink(buffer.AsSpan(0, count));
        }
        finally
        {
            end();
        }
    }

    private static void SendDue(BlockingCollection<(byte[] Bytes, long DueAt)> line, Socket server)
    {
        foreach ((byte[] bytes, long dueAt) in line.GetConsumingEnumerable())
        {
            TimeSpan left = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), dueAt);
            if (left > TimeSpan.Zero) _ = NativeMethods.Sleep((uint)left.TotalMicroseconds);
            server.Send(bytes);
        }

        server.Dispose();
    }

    private static void Start(Action work)
    {
        var thread = new Thread(() => RunUntilGone(work)) { IsBackground = true };
        thread.Start();
    }

    private static void RunUntilGone(Action work)
    {
        try
        {
            work();
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // A side is gone, and the other one goes with it.
        }
    }

    private delegate void Sink(ReadOnlySpan<byte> bytes);

    private static class NativeMethods
    {
        [DllImport("libc", EntryPoint = "usleep")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        internal static extern int Sleep(uint microseconds);
    }
}
