using System.Net;
using System.Text;

namespace Rsvp.Client.Tests;

/// <summary>Plays the API: answers one after the other, and keeps what was asked. The last answer is repeated.</summary>
internal sealed class Script(params Func<HttpResponseMessage>[] answers) : HttpMessageHandler
{
    private int _next;

    internal List<Asked> Asked { get; } = [];

    internal static Func<HttpResponseMessage> Answer(HttpStatusCode status, string json, TimeSpan? retryAfter = null) => () =>
    {
        var response = new HttpResponseMessage(status) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        if (retryAfter is { } delay)
        {
            response.Headers.RetryAfter = new(delay);
        }

        return response;
    };

    internal static Func<HttpResponseMessage> Lost() => () => throw new HttpRequestException("connection reset");

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Asked.Add(new Asked(
            request.Method.Method,
            request.RequestUri!.PathAndQuery,
            Header("Idempotency-Key"),
            Header("Prefer"),
            Header("If-Match"),
            Header("Authorization"),
            request.Content is null ? null : await request.Content.ReadAsStringAsync(cancellationToken)));
        return answers[Math.Min(_next++, answers.Length - 1)]();

        string? Header(string name) => request.Headers.TryGetValues(name, out var values) ? values.Single() : null;
    }
}

/// <summary>A request as the API saw it.</summary>
internal sealed record Asked(string Method, string Path, string? Key, string? Prefer, string? IfMatch, string? Authorization, string? Body);
