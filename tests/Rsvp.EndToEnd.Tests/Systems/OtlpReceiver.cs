using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Rsvp.EndToEnd.Tests.Systems;

/// <summary>Takes what the services export by OTLP over HTTP, and keeps the spans.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly ConcurrentQueue<OtlpSpan> _spans = new();
    private readonly ConcurrentDictionary<string, bool> _signals = new();
    private readonly WebApplication _app;

    private OtlpReceiver(WebApplication app) => _app = app;

    public string Url => _app.Urls.Single();

    public IReadOnlyList<OtlpSpan> Spans => [.. _spans];

    /// <summary>Paths of what came: <c>/v1/traces</c>, <c>/v1/metrics</c>, <c>/v1/logs</c>.</summary>
    public ICollection<string> Signals => _signals.Keys;

    public static async Task<OtlpReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var receiver = new OtlpReceiver(app);
        app.Run(receiver.TakeAsync);
        await app.StartAsync();
        return receiver;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
    }

    private async Task TakeAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        _signals[http.Request.Path] = true;
        if (http.Request.Path == "/v1/traces")
        {
            foreach (var span in OtlpSpan.Read(body.ToArray()))
            {
                _spans.Enqueue(span);
            }
        }

        http.Response.ContentType = "application/x-protobuf";
    }
}
