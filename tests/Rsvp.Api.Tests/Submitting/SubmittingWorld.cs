using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Rsvp.Api.Requests;
using Rsvp.Api.Submitting;
using Rsvp.Contracts;
using Rsvp.Testing;

namespace Rsvp.Api.Tests.Submitting;

/// <summary>The API's way to the broker, without the HTTP before it, on a virtual host of its own.</summary>
internal sealed class SubmittingWorld : IAsyncDisposable
{
    private readonly IHost _host;

    private SubmittingWorld(TestBroker broker, string url, SubmittingOptions options)
    {
        Broker = broker;
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection([new("ConnectionStrings:RabbitMq", url), new("Partitions:Count", "1")]);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<OutcomeWaiters>();
        builder.AddSubmitting();
        builder.Services.AddSingleton(Options.Create(options));
        _host = builder.Build();
    }

    internal TestBroker Broker { get; }

    internal CommandSubmitter Submitter => _host.Services.GetRequiredService<CommandSubmitter>();

    internal OutcomeWaiters Waiters => _host.Services.GetRequiredService<OutcomeWaiters>();

    internal BrokerCircuit Circuit => _host.Services.GetRequiredService<BrokerCircuit>();

    internal static async Task<SubmittingWorld> StartAsync(SubmittingOptions? options = null, TcpProxy? proxy = null)
    {
        var broker = await TestBroker.CreateAsync();
        var url = await broker.UrlOfAsync("rsvp_api");
        var world = new SubmittingWorld(broker, proxy?.Through(url) ?? url, options ?? new SubmittingOptions());
        await world._host.StartAsync();
        await Eventually.HoldsAsync(() => !world.Circuit.IsOpen, "the broker confirms messages");
        return world;
    }

    internal static Command Command(int number = 0, string? text = null) => new()
    {
        RequestId = Guid.NewGuid(),
        Name = CommandNames.SubmitRsvp,
        ActivityId = Guid.NewGuid(),
        Caller = new Caller { UserId = Guid.NewGuid() },
        SubmittedAt = DateTimeOffset.UnixEpoch.AddSeconds(number),
        SubmitRsvp = new SubmitRsvp { GuestCount = number, SpecialRequirements = text },
    };

    internal Task StopAsync() => _host.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        await Broker.DisposeAsync();
    }
}
