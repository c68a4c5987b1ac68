using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using Rsvp.Hosting.Webhooks;

namespace Rsvp.Notifier.Notifications.Webhooks;

/// <summary>HTTP to endpoints that strangers chose: no redirects, cookies or proxy, little that they may send back, and no address that is not public.</summary>
internal sealed class WebhookClient : IDisposable
{
    // The answer's headers; its body is not read at all, and this much of it is swallowed to keep the connection.
    private const int HeaderKilobytesMax = 16;
    private const int BodyBytesMax = 4_096;

    private readonly bool _allowsPrivate;
    private readonly HttpClient _http;

    public WebhookClient(IOptions<WebhookOptions> options)
    {
        _allowsPrivate = options.Value.AllowPrivateAddresses;
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ConnectCallback = ConnectAsync,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            // Names are resolved again, and addresses judged again, at least so often.
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
            MaxConnectionsPerServer = 8,
            MaxResponseHeadersLength = HeaderKilobytesMax,
            MaxResponseDrainSize = BodyBytesMax,
            ResponseDrainTimeout = TimeSpan.FromSeconds(1),
        })
        {
            Timeout = Timeout.InfiniteTimeSpan, // The channel's timeout holds for the whole attempt.
        };
        _http.DefaultRequestHeaders.UserAgent.ParseAdd("Rsvp-Webhooks/1.0");
    }

    /// <summary>Sends, and returns with the headers of the answer.</summary>
    /// <exception cref="HttpRequestException">There was no answer; the inner exception is an <see cref="AddressRefusedException"/> when the address is not public.</exception>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);

    public void Dispose() => _http.Dispose();

    // Judged after the name was resolved and connected to as judged, so that a name cannot mean something else a moment later.
    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var addresses = await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, cancellationToken);
        var allowed = _allowsPrivate ? addresses : Array.FindAll(addresses, WebhookAddresses.IsPublic);
        if (allowed.Length == 0)
        {
            throw new AddressRefusedException();
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>A webhook's name leads to no public address.</summary>
internal sealed class AddressRefusedException() : IOException("The name leads to no public address.");
