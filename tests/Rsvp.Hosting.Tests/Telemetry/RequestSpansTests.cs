using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Rsvp.Hosting.ServiceDefaults;
using Rsvp.Hosting.Telemetry;
using Rsvp.Testing;

namespace Rsvp.Hosting.Tests.Telemetry;

public sealed class RequestSpansTests : IAsyncLifetime
{
    private readonly SpanLog _log = new("Microsoft.AspNetCore");
    private WebApplication _service = null!;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(
        [
            new("urls", "http://127.0.0.1:0"),
            new("Logging:LogLevel:Default", "None"),
            // Nobody listens there, and nobody minds.
            new("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1"),
            new("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            new("Telemetry:TraceRatio", "0"),
        ]);
        builder.AddServiceDefaults();
        _service = builder.Build();
        _service.MapServiceDefaults();
        _service.MapGet("/things/{id}", (int id) => id > 0 ? Results.Ok() : throw new InvalidOperationException("No such thing."));
        _service.MapGet("/calendars/{secret}.ics", (string secret) => Results.NotFound(secret)).WithMetadata(new SecretPathMetadata());
        await _service.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _service.DisposeAsync();
        _log.Dispose();
    }

    [Fact]
    public async Task The_span_of_a_request_names_its_route_and_answer_and_never_its_query()
    {
        var span = await AskAsync("/things/7?access_token=secret");

        Assert.Equal("GET /things/{id}", span.DisplayName);
        Assert.Equal(("GET", "/things/7", "/things/{id}", 200), (span.GetTagItem("http.request.method"), span.GetTagItem("url.path"), span.GetTagItem("http.route"), span.GetTagItem("http.response.status_code")));
        Assert.DoesNotContain(span.TagObjects, tag => tag.Value?.ToString()?.Contains("secret", StringComparison.Ordinal) == true);
        Assert.Equal(ActivityStatusCode.Unset, span.Status);
    }

    [Fact]
    public async Task A_path_that_holds_a_secret_is_told_as_its_route()
    {
        var span = await AskAsync("/calendars/secret.ics");

        Assert.Equal(("/calendars/{secret}.ics", 404), (span.GetTagItem("url.path"), span.GetTagItem("http.response.status_code")));
        Assert.DoesNotContain(span.TagObjects, tag => tag.Value?.ToString()?.Contains("/secret", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task A_request_that_fails_is_an_error()
    {
        var span = await AskAsync("/things/0");

        Assert.Equal((ActivityStatusCode.Error, typeof(InvalidOperationException).FullName), (span.Status, span.GetTagItem("error.type")));
    }

    [Theory]
    [InlineData("/health/live")]
    [InlineData("/metrics")]
    public async Task Looks_from_outside_are_left_out(string path)
    {
        var span = await AskAsync(path);

        Assert.False(span.Recorded);
        Assert.Empty(span.TagObjects);
    }

    private async Task<Activity> AskAsync(string path)
    {
        using var client = new HttpClient { BaseAddress = new Uri(_service.Urls.First()) };
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("traceparent", _log.NewTraceParent());
        using var answer = await client.SendAsync(request);
        return await Eventually.ReturnsAsync(() => Task.FromResult(_log.Own.SingleOrDefault()), "the span ended");
    }
}
