using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Rsvp.Testing;

/// <summary>An HTTP server that keeps what it is sent and answers as it is told.</summary>
public sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly ConcurrentQueue<ReceivedWebhook> _received = new();
    private readonly WebApplication _app;

    private WebhookReceiver(WebApplication app) => _app = app;

    /// <summary>What came, in order, whatever was answered.</summary>
    public IReadOnlyList<ReceivedWebhook> Received => [.. _received];

    /// <summary>What is answered; 204 by default.</summary>
    public Func<HttpContext, Task> OnRequest { get; set; } = http =>
    {
        http.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    };

    public Uri Url => new(_app.Urls.Single() + "/hook");

    public static async Task<WebhookReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var receiver = new WebhookReceiver(app);
        app.Run(async http =>
        {
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body);
            receiver._received.Enqueue(new ReceivedWebhook(
                http.Request.Path, http.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase), body.ToArray()));
            await receiver.OnRequest(http);
        });
        await app.StartAsync();
        return receiver;
    }

    /// <summary>Answers everything with a status from now on.</summary>
    public void Answer(int status) => OnRequest = http =>
    {
        http.Response.StatusCode = status;
        return Task.CompletedTask;
    };

    /// <summary>Answers nothing from now on, until the client gives up.</summary>
    public void Hang() => OnRequest = async http =>
    {
        var gone = new TaskCompletionSource();
        await using var registration = http.RequestAborted.Register(gone.SetResult);
        await gone.Task;
    };

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
    }
}

/// <summary>A request that a <see cref="WebhookReceiver"/> got.</summary>
public sealed record ReceivedWebhook(string Path, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public Guid NotificationId => Guid.Parse(Headers["webhook-id"]);

    public JsonElement Json => JsonSerializer.Deserialize<JsonElement>(Body);
}
