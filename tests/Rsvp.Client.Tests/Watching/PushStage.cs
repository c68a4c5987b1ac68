using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Rsvp.Testing;

namespace Rsvp.Client.Tests.Watching;

/// <summary>
/// A SignalR server whose pushes a test writes, behind a proxy that can lose connections. The real push service never sends an old version after
/// a new one, so only such a server shows what a client does then; the end-to-end tests show the client against the real one.
/// </summary>
internal sealed class PushStage : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly TcpProxy _network;

    private PushStage(WebApplication server)
    {
        _server = server;
        var address = new Uri(server.Urls.Single());
        _network = new TcpProxy(address.Host, address.Port);
        Url = new Uri(_network.Through(address.AbsoluteUri));
    }

    internal Uri Url { get; }

    internal TcpProxy Network => _network;

    internal PushScript Script => _server.Services.GetRequiredService<PushScript>();

    internal static async Task<PushStage> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSignalR();
        builder.Services.AddSingleton<PushScript>();
        var server = builder.Build();
        server.UseWebSockets();
        server.Use(async (http, next) =>
        {
            if (http.RequestServices.GetRequiredService<PushScript>().RefusesTokens)
            {
                http.Response.StatusCode = StatusCodes.Status401Unauthorized;
                return;
            }

            await next(http);
        });
        server.MapHub<PushHub>("/hubs/rsvp");
        await server.StartAsync();
        return new PushStage(server);
    }

    /// <summary>Sends to everybody who is connected.</summary>
    internal Task PushAsync(string method, object document) =>
        _server.Services.GetRequiredService<IHubContext<PushHub>>().Clients.All.SendAsync(method, document);

    /// <summary>Ends every connection as a server does on purpose, after which the client's library does not come back by itself.</summary>
    internal void CloseAll()
    {
        foreach (var connection in Script.Connections.Values)
        {
            connection.Abort();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _network.DisposeAsync();
        await _server.DisposeAsync();
    }
}

/// <summary>What the server answers, and what it was asked.</summary>
internal sealed class PushScript
{
    internal ConcurrentDictionary<string, HubCallerContext> Connections { get; } = new();

    internal ConcurrentQueue<string> Asked { get; } = new();

    /// <summary>What is sent first to whoever watches: method and document.</summary>
    internal (string Method, object Document)[] Snapshot { get; set; } = [];

    internal bool RefusesTokens { get; set; }
}

/// <summary>The hub, as far as the client calls it.</summary>
internal sealed class PushHub(PushScript script) : Hub
{
    public override Task OnConnectedAsync()
    {
        script.Connections[Context.ConnectionId] = Context;
        return Task.CompletedTask;
    }

    public override Task OnDisconnectedAsync(Exception? exception)
    {
        script.Connections.TryRemove(Context.ConnectionId, out _);
        return Task.CompletedTask;
    }

    public async Task<object> WatchActivity(Guid activityId)
    {
        script.Asked.Enqueue($"watch {activityId}");
        foreach (var (method, document) in script.Snapshot)
        {
            await Clients.Caller.SendAsync(method, document);
        }

        return new { };
    }

    public void UnwatchActivity(Guid activityId) => script.Asked.Enqueue($"unwatch {activityId}");
}
