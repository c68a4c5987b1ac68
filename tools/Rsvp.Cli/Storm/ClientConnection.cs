using System.Net;
using System.Net.Sockets;
using Rsvp.Client;

namespace Rsvp.Cli.Storm;

/// <summary>
/// One keep-alive connection, over which one person after another asks by <see cref="RsvpClient"/>: with a key, again when it must, and until the
/// outcome is known. What it costs to be such a client is in the figures of a storm.
/// </summary>
internal sealed class ClientConnection : ILoadConnection
{
    // All of this time the API or a worker may be away, as after a kill.
    private static readonly TimeSpan RetryFor = TimeSpan.FromSeconds(90);

    private readonly StormClient _storm;
    private readonly Recorder _http;
    private Stream? _opened;

    internal ClientConnection(StormClient storm)
    {
        _storm = storm;
        _http = new Recorder(new SocketsHttpHandler
        {
            MaxConnectionsPerServer = 1,
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            ConnectCallback = async (context, cancellationToken) => Interlocked.Exchange(ref _opened, null) ?? await OpenAsync(context.DnsEndPoint, cancellationToken),
            UseCookies = false,
            UseProxy = false,
            ActivityHeadersPropagator = null,
        });
    }

    /// <summary>People who had to ask more than once: they had no answer, or it was not the outcome yet.</summary>
    internal int AskedAgainCount { get; private set; }

    public async Task ConnectAsync(CancellationToken cancellationToken) =>
        _opened = await OpenAsync(new DnsEndPoint(_storm.ApiUrl.Host, _storm.ApiUrl.Port), cancellationToken);

    public async Task<Answer> AskAsync(StormRound round, int index, CancellationToken cancellationToken)
    {
        int sentBefore = _http.SentCount;
        _http.AcceptedId = Guid.Empty;
        try
        {
            await using RsvpClient person = _storm.ClientWith(round.Tokens[index], _http, RetryFor);
            return Answer.From(await (round.IsCancel
                ? person.CancelAsync(round.ActivityId, cancellationToken: cancellationToken)
                : person.SubmitAsync(round.ActivityId, new SubmitOptions { GuestCount = round.PartySizes[index] - 1 }, cancellationToken: cancellationToken)));
        }
        catch (RsvpException exception)
        {
            return Answer.From(exception, _http.AcceptedId);
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
        {
            return Answer.Undecided(_http.AcceptedId);
        }
        finally
        {
            if (_http.SentCount > sentBefore + 1) AskedAgainCount++;
        }
    }

    public void Dispose()
    {
        _http.Dispose();
        _opened?.Dispose();
    }

    private static async Task<Stream> OpenAsync(DnsEndPoint server, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(server, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Counts what is sent, and keeps what the API promised to decide, which the client does not tell when it gives up; one at a time.</summary>
    private sealed class Recorder(HttpMessageHandler sockets) : DelegatingHandler(sockets)
    {
        internal int SentCount { get; private set; }

        /// <summary>The request of the last 202; empty when there was none since this was emptied.</summary>
        internal Guid AcceptedId { get; set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            SentCount++;
            HttpResponseMessage response = await base.SendAsync(request, cancellationToken);
            if (response.StatusCode == HttpStatusCode.Accepted && Guid.TryParse(response.Headers.Location?.OriginalString.Split('/')[^1], out Guid requestId))
            {
                AcceptedId = requestId;
            }

            return response;
        }
    }
}
