using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.Http.Connections.Client;
using Microsoft.AspNetCore.SignalR.Client;
using Rsvp.Contracts;
using Rsvp.Notifier.Watching;
using Rsvp.Testing;

namespace Rsvp.Notifier.Tests.Worlds;

/// <summary>A client of the hub that remembers everything it was told, in order.</summary>
internal sealed class HubClient : IAsyncDisposable
{
    private readonly HubConnection _hub;
    private readonly ConcurrentQueue<object> _messages = new();

    private HubClient(HubConnection hub)
    {
        _hub = hub;
        _hub.On<CapacityDocument>("capacityUpdate", _messages.Enqueue);
        _hub.On<WaitlistDocument>("waitlistUpdate", _messages.Enqueue);
        _hub.On<RsvpStatusDocument>("rsvpStatusUpdate", _messages.Enqueue);
    }

    internal IEnumerable<object> Messages => _messages;

    internal IEnumerable<CapacityDocument> Capacities => _messages.OfType<CapacityDocument>();

    internal IEnumerable<WaitlistDocument> Waitlists => _messages.OfType<WaitlistDocument>();

    internal IEnumerable<RsvpStatusDocument> Statuses => _messages.OfType<RsvpStatusDocument>();

    internal bool IsConnected => _hub.State == HubConnectionState.Connected;

    internal static async Task<HubClient> ConnectAsync(Uri url, string? token, Action<HttpConnectionOptions>? configure = null)
    {
        var client = new HubClient(new HubConnectionBuilder()
            .WithUrl(new Uri(url, "/hubs/rsvp"), options =>
            {
                options.AccessTokenProvider = () => Task.FromResult(token);
                options.Transports = HttpTransportType.WebSockets;
                options.SkipNegotiation = true;
                configure?.Invoke(options);
            })
            .Build());
        await client._hub.StartAsync();
        return client;
    }

    internal Task<ActivitySnapshot> WatchActivityAsync(Guid activityId) => _hub.InvokeAsync<ActivitySnapshot>("WatchActivity", activityId);

    internal Task UnwatchActivityAsync(Guid activityId) => _hub.InvokeAsync("UnwatchActivity", activityId);

    internal Task<RsvpStatusDocument> WatchRsvpAsync(Guid rsvpId) => _hub.InvokeAsync<RsvpStatusDocument>("WatchRsvp", rsvpId);

    internal Task UnwatchRsvpAsync(Guid rsvpId) => _hub.InvokeAsync("UnwatchRsvp", rsvpId);

    internal Task InvokeAsync(string method, params object?[] arguments) => _hub.InvokeCoreAsync(method, arguments);

    internal Task SendAsync(string method, params object?[] arguments) => _hub.SendCoreAsync(method, arguments);

    internal Task<RsvpStatusDocument> FirstStatusAsync() => Eventually.ReturnsAsync(() => Task.FromResult(Statuses.FirstOrDefault()), "a status arrived");

    public ValueTask DisposeAsync() => _hub.DisposeAsync();
}
