using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Rsvp.Testing;

/// <summary>An SMTP server (RFC 5321) that keeps what it is given and can be told to misbehave.</summary>
public sealed class MailServer : IAsyncDisposable
{
    private readonly ConcurrentQueue<ReceivedMail> _mails = new();
    private readonly ConcurrentBag<Task> _sessions = [];
    private CancellationTokenSource _running = new();
    private TcpListener? _listener;
    private int _connections;

    /// <summary>Makes a server.</summary>
    /// <param name="port">Where it listens; 0: any free port.</param>
    public MailServer(int port = 0) => Port = port;

    /// <summary>Where it listens, or will.</summary>
    public int Port { get; private set; }

    /// <summary>What it was given, in order.</summary>
    public IReadOnlyList<ReceivedMail> Mails => [.. _mails];

    /// <summary>Connections so far.</summary>
    public int Connections => _connections;

    /// <summary>The reply to a recipient.</summary>
    public Func<string, string> OnRecipient { get; set; } = _ => "250 OK";

    /// <summary>The reply to a mail; what is not accepted is not kept.</summary>
    public Func<string> OnMail { get; set; } = () => "250 OK";

    /// <summary>The reply to a sender.</summary>
    public Func<string> OnSender { get; set; } = () => "250 OK";

    /// <summary>True: connections are accepted and never greeted.</summary>
    public bool Hangs { get; set; }

    /// <summary>Makes a server that listens.</summary>
    public static MailServer Start()
    {
        var server = new MailServer();
        server.Listen();
        return server;
    }

    /// <summary>Begins to listen, on the port it had before.</summary>
    public void Listen()
    {
        _running = new CancellationTokenSource();
        _listener = new TcpListener(IPAddress.Loopback, Port);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _sessions.Add(AcceptAsync(_listener, _running.Token));
    }

    /// <summary>Stops as a dead server does: connections end, new ones are refused.</summary>
    public async Task KillAsync()
    {
        _listener?.Dispose();
        await _running.CancelAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        await Task.WhenAll(_sessions);
        _running.Dispose();
    }

    private async Task AcceptAsync(TcpListener listener, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync(cancellationToken);
                Interlocked.Increment(ref _connections);
                _sessions.Add(ServeAsync(client, cancellationToken));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Killed.
        }
    }

    private async Task ServeAsync(TcpClient client, CancellationToken cancellationToken)
    {
        using var _ = client;
        try
        {
            var stream = client.GetStream();
            using var reader = new StreamReader(stream, Encoding.Latin1);
            if (Hangs)
            {
                await reader.ReadLineAsync(cancellationToken);
                return;
            }

            await TalkAsync(stream, reader, cancellationToken);
        }
        catch (Exception error) when (error is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // The client went away, or the server was killed.
        }
    }

    private async Task TalkAsync(Stream stream, StreamReader reader, CancellationToken cancellationToken)
    {
        var recipients = new List<string>();
        await ReplyAsync("220 test ESMTP");
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            var verb = line.Split(' ', 2)[0].ToUpperInvariant();
            switch (verb)
            {
                case "EHLO":
                    await ReplyAsync("250-test\r\n250-8BITMIME\r\n250 SMTPUTF8");
                    break;
                case "MAIL":
                    recipients.Clear();
                    await ReplyAsync(OnSender());
                    break;
                case "RCPT":
                    var recipient = line[(line.IndexOf('<', StringComparison.Ordinal) + 1)..line.IndexOf('>', StringComparison.Ordinal)];
                    var reply = OnRecipient(recipient);
                    if (reply.StartsWith('2'))
                    {
                        recipients.Add(recipient);
                    }

                    await ReplyAsync(reply);
                    break;
                case "DATA":
                    await ReplyAsync("354 go on");
                    var data = await ReadDataAsync(reader, cancellationToken);
                    var judgement = OnMail();
                    if (judgement.StartsWith('2'))
                    {
                        _mails.Enqueue(new ReceivedMail([.. recipients], data));
                    }

                    await ReplyAsync(judgement);
                    break;
                case "QUIT":
                    await ReplyAsync("221 bye");
                    return;
                default:
                    await ReplyAsync(verb is "NOOP" or "RSET" ? "250 OK" : "500 unknown");
                    break;
            }
        }

        Task ReplyAsync(string text) => stream.WriteAsync(Encoding.ASCII.GetBytes(text + "\r\n"), cancellationToken).AsTask();
    }

    private static async Task<byte[]> ReadDataAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        var data = new StringBuilder();
        while (await reader.ReadLineAsync(cancellationToken) is { } line && line != ".")
        {
            data.Append(line.StartsWith("..", StringComparison.Ordinal) ? line[1..] : line).Append("\r\n");
        }

        return Encoding.Latin1.GetBytes(data.ToString());
    }
}

/// <summary>A mail that a <see cref="MailServer"/> accepted.</summary>
/// <param name="Recipients">Of the envelope.</param>
/// <param name="Data">As it came.</param>
public sealed record ReceivedMail(IReadOnlyList<string> Recipients, ReadOnlyMemory<byte> Data)
{
    /// <summary>What stands between the angle brackets of <c>Message-ID</c>.</summary>
    public string MessageId
    {
        get
        {
            const string Header = "Message-Id: <";
            var text = Encoding.Latin1.GetString(Data.Span);
            var start = text.IndexOf(Header, StringComparison.OrdinalIgnoreCase) + Header.Length;
            return text[start..text.IndexOf('>', start)];
        }
    }

    /// <summary>The id of the notification: what stands before the <c>@</c> of <see cref="MessageId"/>.</summary>
    public Guid NotificationId => Guid.Parse(MessageId.Split('@')[0]);
}
