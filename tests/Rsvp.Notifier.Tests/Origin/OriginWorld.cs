using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Rsvp.Api;
using Rsvp.Notifier.Tests.Worlds;

namespace Rsvp.Notifier.Tests.Origin;

/// <summary>The API in front of two notifiers.</summary>
public sealed class OriginWorld : IAsyncLifetime
{
    private WebApplication? _api;

    internal PushWorld Push { get; } = new();

    /// <summary>The notifiers behind it.</summary>
    internal IReadOnlyList<WebApplication> Notifiers { get; private set; } = [];

    /// <summary>Where the API listens.</summary>
    internal Uri Url => PushWorld.UrlOf(_api!);

    /// <summary>Everything that the API logged.</summary>
    internal TestLog Log { get; } = new();

    public async ValueTask InitializeAsync()
    {
        await Push.InitializeAsync();
        var second = await Push.StartNotifierAsync();
        Notifiers = [Push.First, second];
        var databaseConnection = await Push.Database.ConnectionStringOfAsync("rsvp_api");
        var brokerUrl = await Push.Broker.UrlOfAsync("rsvp_api");
        _api = ApiHost.Create([], builder =>
        {
            builder.Configuration.AddInMemoryCollection(Push.Settings());
            builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["ConnectionStrings:Postgres"] = databaseConnection,
                ["ConnectionStrings:RabbitMq"] = brokerUrl,
                ["RequestIds:Key"] = "a request id key of 32 characters",
                ["Notifier:Url"] = string.Join(';', Notifiers.Select(PushWorld.UrlOf)),
                ["Logging:LogLevel:Default"] = "Trace",
                ["Logging:LogLevel:Microsoft.AspNetCore.Hosting"] = "Trace",
                ["Logging:LogLevel:Yarp"] = "Trace",
            });
            builder.Logging.ClearProviders();
            builder.Logging.AddProvider(Log);
        });
        await _api.StartAsync();
    }

    internal Task StopApiAsync() => _api!.StopAsync();

    public async ValueTask DisposeAsync()
    {
        if (_api is not null)
        {
            await _api.DisposeAsync();
        }

        await Push.DisposeAsync();
    }
}
