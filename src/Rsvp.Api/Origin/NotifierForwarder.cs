using System.Diagnostics;
using System.Net;
using Rsvp.Api.Problems;
using Rsvp.Hosting.Problems;
using Yarp.ReverseProxy.Forwarder;

namespace Rsvp.Api.Origin;

/// <summary>Passes a request on to a notifier, WebSockets included.</summary>
internal sealed partial class NotifierForwarder(
    IHttpForwarder forwarder, NotifierInstances instances, IHostApplicationLifetime lifetime, ILogger<NotifierForwarder> logger) : IDisposable
{
    // Both sides ping every 15 s; a connection on which nothing moves for so long is dead.
    private static readonly ForwarderRequestConfig Config = new()
    {
        ActivityTimeout = TimeSpan.FromSeconds(60),
        Version = HttpVersion.Version11,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    private static readonly PublicOriginTransformer Transformer = new();

    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = new ReverseProxyPropagator(DistributedContextPropagator.Current),
        // A neighbour answers at once or not at all.
        ConnectTimeout = TimeSpan.FromSeconds(2),
    });

    internal async Task ForwardAsync(HttpContext http)
    {
        if (instances.Choose(CallerToken.Subject(http.Request)) is not { } url)
        {
            await new ProblemResult(ProblemCodes.Unavailable).ExecuteAsync(http);
            return;
        }

        // Connections live as long as their clients do: they end when the service stops, or it would wait for them.
        var error = await forwarder.SendAsync(http, url, _http, Config, Transformer, lifetime.ApplicationStopping);
        if (error == ForwarderError.None || http.RequestAborted.IsCancellationRequested || http.Response.HasStarted)
        {
            return;
        }

        if (!lifetime.ApplicationStopping.IsCancellationRequested)
        {
            instances.Failed(url);
            LogFailed(error);
        }

        http.Response.ContentLength = null;
        await new ProblemResult(ProblemCodes.Unavailable).ExecuteAsync(http);
    }

    public void Dispose() => _http.Dispose();

    [LoggerMessage(3801, LogLevel.Warning, "A notifier did not answer: {Error}")]
    private partial void LogFailed(ForwarderError error);
}
