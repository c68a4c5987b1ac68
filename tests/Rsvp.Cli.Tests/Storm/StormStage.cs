using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Rsvp.Cli.Instances;
using Rsvp.Cli.Storm;

namespace Rsvp.Cli.Tests.Storm;

/// <summary>An API whose answers a test writes, and the people of a storm who ask it.</summary>
internal sealed class StormStage : IAsyncDisposable
{
    private readonly WebApplication _api;

    private StormStage(WebApplication api)
    {
        _api = api;
        People = new StormClient(
            new RunFile
            {
                ApiUrl = api.Urls.Single(),
                NotifierUrl = "",
                Postgres = "",
                Rabbitmq = "",
                RabbitmqManagement = "",
                Metrics = [],
                Jwt = new JwtSettings("rsvp", "rsvp", new string('k', 64)),
                Processes = [],
            },
            TimeProvider.System);
    }

    internal StormClient People { get; }

    internal static async Task<StormStage> StartAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var api = builder.Build();
        api.Run(answer);
        await api.StartAsync();
        return new StormStage(api);
    }

    public async ValueTask DisposeAsync()
    {
        People.Dispose();
        await _api.DisposeAsync();
    }
}
