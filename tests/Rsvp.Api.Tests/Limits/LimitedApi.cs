using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Rsvp.Api.Tests.Http;

namespace Rsvp.Api.Tests.Limits;

/// <summary>An API with neither a database nor a broker, for what is decided before either is asked.</summary>
internal sealed class LimitedApi : IAsyncDisposable
{
    private readonly WebApplication _app;

    private LimitedApi(WebApplication app)
    {
        _app = app;
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
    }

    internal HttpClient Client { get; }

    internal static async Task<LimitedApi> StartAsync(params (string Key, string Value)[] settings)
    {
        var app = ApiHost.Create([], builder =>
        {
            builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["Logging:LogLevel:Default"] = "None",
                ["urls"] = "http://127.0.0.1:0",
                ["ConnectionStrings:Postgres"] = "Host=127.0.0.1;Port=1;Username=nobody;Database=none",
                ["ConnectionStrings:RabbitMq"] = "amqp://nobody:knows@127.0.0.1:1/",
                ["RequestIds:Key"] = "a request id key of 32 characters",
                ["Jwt:Issuer"] = ApiWorld.Issuer,
                ["Jwt:Audience"] = ApiWorld.Audience,
                ["Jwt:Key"] = ApiWorld.SigningKey,
            });
            builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)));
        });
        await app.StartAsync();
        return new LimitedApi(app);
    }

    /// <summary>Asks for a request that was never issued, which needs no database.</summary>
    /// <param name="token">Null for nobody: 401.</param>
    /// <param name="forwardedFor">What a proxy, or somebody who would like to be one, says about the client.</param>
    /// <param name="path">Another path.</param>
    internal async Task<HttpResponseMessage> AskAsync(string? token = null, string? forwardedFor = null, string? path = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path ?? $"/api/requests/{Guid.NewGuid()}", UriKind.Relative));
        if (token is not null)
        {
            request.Headers.Authorization = new("Bearer", token);
        }

        if (forwardedFor is not null)
        {
            request.Headers.Add("X-Forwarded-For", forwardedFor);
        }

        return await Client.SendAsync(request);
    }

    /// <summary>Asks until it is refused for asking too much.</summary>
    /// <returns>How often it was not, and the refusal.</returns>
    internal async Task<(int Answered, HttpResponseMessage Refusal)> AskUntilRefusedAsync(string? token = null, string? forwardedFor = null)
    {
        for (var answered = 0; ; answered++)
        {
            Assert.True(answered < 1_000, "Nobody was ever refused.");
            var answer = await AskAsync(token, forwardedFor);
            if ((int)answer.StatusCode == 429)
            {
                return (answered, answer);
            }

            answer.Dispose();
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
