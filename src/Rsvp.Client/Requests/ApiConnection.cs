using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Rsvp.Client.Requests;

/// <summary>Sends single requests as the person, and says what went wrong in one way.</summary>
internal sealed class ApiConnection(RsvpClientOptions options) : IDisposable
{
    // An answer that is held back comes within HoldFor; the rest is for the network and a busy server.
    private static readonly TimeSpan AnswerSlack = TimeSpan.FromSeconds(15);

    private readonly HttpClient _http = new(options.Handler ?? new SocketsHttpHandler(), disposeHandler: options.Handler is null)
    {
        BaseAddress = options.BaseAddress,
        Timeout = options.HoldFor + AnswerSlack,
    };

    internal async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await SendAsync(HttpMethod.Get, path, body: null, key: null, ifVersion: null, holdFor: null, cancellationToken).ConfigureAwait(false);
            return response.IsSuccessStatusCode
                ? await ReadAsync(response, type, cancellationToken).ConfigureAwait(false)
                : throw await RefusalAsync(response, cancellationToken).ConfigureAwait(false);
        }
        catch (JsonException error)
        {
            throw new RsvpException("The answer makes no sense.", error);
        }
        catch (Exception error) when (error is HttpRequestException || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new RsvpException("The API cannot be reached.", error);
        }
    }

    /// <summary>One try; the caller disposes the answer.</summary>
    internal async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, byte[]? body, string? key, long? ifVersion, TimeSpan? holdFor, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        if (options.GetTokenAsync is { } getToken && await getToken(cancellationToken).ConfigureAwait(false) is { } token)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        if (ifVersion is { } version)
        {
            request.Headers.IfMatch.Add(new EntityTagHeaderValue(string.Create(CultureInfo.InvariantCulture, $"\"{version}\"")));
        }

        if (holdFor is { } hold)
        {
            request.Headers.Add("Prefer", string.Create(CultureInfo.InvariantCulture, $"wait={(int)hold.TotalSeconds}"));
        }

        if (body is not null)
        {
            request.Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        }

        return await _http.SendAsync(request, cancellationToken).ConfigureAwait(false);
    }

    // What was sent is there as a whole: a stream of it would only be copied again.
    internal static async Task<T> ReadAsync<T>(HttpResponseMessage response, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        var bytes = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        return JsonSerializer.Deserialize(bytes, type) ?? throw new JsonException("The answer is null.");
    }

    internal static async Task<RsvpException> RefusalAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            return new RsvpException(await ReadAsync(response, ClientJson.Default.Problem, cancellationToken).ConfigureAwait(false), response.StatusCode);
        }
        catch (JsonException)
        {
            // Not from the API: from something in front of it.
            return new RsvpException(new Problem { Code = "bad_answer", Title = $"The answer was {(int)response.StatusCode} and no problem document." }, response.StatusCode);
        }
    }

    public void Dispose() => _http.Dispose();
}
