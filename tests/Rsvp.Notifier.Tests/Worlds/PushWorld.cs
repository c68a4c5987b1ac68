using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Rsvp.Contracts;
using Rsvp.Hosting.Messaging;
using Rsvp.Testing;

namespace Rsvp.Notifier.Tests.Worlds;

/// <summary>A notifier on a real database and a real broker, and a bus that says what a worker would say. A class fixture, or made by a test that wants one for itself.</summary>
public sealed class PushWorld : IAsyncLifetime
{
    private readonly Dictionary<string, string?> _settings;
    private readonly List<WebApplication> _notifiers = [];
    private IBusControl? _bus;
    private string? _brokerUrl;
    private string? _databaseConnection;

    public PushWorld()
        : this([])
    {
    }

    private PushWorld(Dictionary<string, string?> settings) => _settings = settings;

    internal TestDatabase Database { get; } = new();

    internal TestBroker Broker { get; } = new();

    /// <summary>Everything that the notifiers logged.</summary>
    internal TestLog Log { get; } = new();

    /// <summary>Where the first notifier listens.</summary>
    internal Uri Url => UrlOf(_notifiers[0]);

    /// <summary>The first notifier.</summary>
    internal WebApplication First => _notifiers[0];

    internal static async Task<PushWorld> CreateAsync(params (string Key, string Value)[] settings)
    {
        var last = new Dictionary<string, string?>();
        foreach (var (key, value) in settings)
        {
            last[key] = value;
        }

        var world = new PushWorld(last);
        await world.InitializeAsync();
        return world;
    }

    public async ValueTask InitializeAsync()
    {
        await Database.InitializeAsync();
        await Broker.InitializeAsync();
        await DeclareDeadLettersAsync();
        _databaseConnection = await Database.ConnectionStringOfAsync("rsvp_notifier");
        _brokerUrl = await Broker.UrlOfAsync("rsvp_notifier");
        await StartNotifierAsync();

        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("ConnectionStrings:RabbitMq", await Broker.UrlOfAsync("rsvp_worker"))]).Build();
        _bus = Bus.Factory.CreateUsingRabbitMq(bus => bus.UseBroker(configuration, "worker"));
        await _bus.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_bus is not null)
        {
            await _bus.StopAsync();
        }

        foreach (var notifier in _notifiers)
        {
            await notifier.DisposeAsync();
        }

        await Broker.DisposeAsync();
        await Database.DisposeAsync();
    }

    internal static Uri UrlOf(WebApplication notifier) => new(
        notifier.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    /// <summary>What workers declare, and a notifier may not.</summary>
    private async Task DeclareDeadLettersAsync()
    {
        var name = $"{Broker.VirtualHost}/{Topology.DeadLetterQueue}";
        await Broker.SendAsync(HttpMethod.Put, "exchanges/" + name, new { type = "fanout", durable = true });
        await Broker.SendAsync(HttpMethod.Put, "queues/" + name, new { durable = true, arguments = new Dictionary<string, object> { ["x-queue-type"] = "quorum" } });
        await Broker.SendAsync(HttpMethod.Post, $"bindings/{Broker.VirtualHost}/e/{Topology.DeadLetterQueue}/q/{Topology.DeadLetterQueue}", new { routing_key = "" });
    }

    /// <summary>Starts a notifier and waits until changes reach it.</summary>
    internal async Task<WebApplication> StartNotifierAsync()
    {
        var notifier = NotifierHost.Create([], builder =>
        {
            builder.Configuration.AddInMemoryCollection(Settings());
            builder.Logging.ClearProviders();
            builder.Logging.AddProvider(Log);
        });
        await notifier.StartAsync();
        _notifiers.Add(notifier);
        using var http = new HttpClient { BaseAddress = UrlOf(notifier) };
        await Eventually.HoldsAsync(
            async () => (await http.GetAsync(new Uri("/health/ready", UriKind.Relative))).IsSuccessStatusCode, "the notifier is ready");
        return notifier;
    }

    /// <summary>Says what was committed, in order, as a worker's outbox does.</summary>
    internal async Task PublishAsync(params IEnumerable<ActivityChanged> changes)
    {
        foreach (var change in changes)
        {
            await _bus!.Publish(change);
        }
    }

    /// <summary>Says what people are to be told.</summary>
    internal Task PublishAsync(NotificationsIssued issued) => _bus!.Publish(issued);

    /// <summary>Ends a notifier, as a kill would: nothing that it had begun is finished.</summary>
    internal async Task StopNotifierAsync(WebApplication notifier)
    {
        _notifiers.Remove(notifier);
        await notifier.StopAsync();
        await notifier.DisposeAsync();
    }

    /// <summary>Connects to the hub as a user.</summary>
    internal Task<HubClient> ConnectAsync(Guid userId, string? role = null, TimeSpan? lifetime = null, Uri? url = null) =>
        HubClient.ConnectAsync(url ?? Url, TestTokens.For(userId, lifetime, role));

    /// <summary>What a service under test is told.</summary>
    internal Dictionary<string, string?> Settings()
    {
        Dictionary<string, string?> settings = new()
        {
            ["urls"] = "http://127.0.0.1:0",
            ["ConnectionStrings:Postgres"] = _databaseConnection,
            ["ConnectionStrings:RabbitMq"] = _brokerUrl,
            ["Jwt:Issuer"] = TestTokens.Issuer,
            ["Jwt:Audience"] = TestTokens.Audience,
            ["Jwt:Key"] = TestTokens.Key,
            // What heals a lost message in the end must not hide a defect in what loses none.
            ["Push:ReconcileInterval"] = "01:00:00",
        };
        foreach (var (key, value) in _settings)
        {
            settings[key] = value;
        }

        return settings;
    }
}
