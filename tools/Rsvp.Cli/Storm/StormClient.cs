using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Rsvp.Cli.Instances;
using Rsvp.Hosting.Auth;

namespace Rsvp.Cli.Storm;

/// <summary>Everything a storm does over HTTP that is not the rush itself.</summary>
internal sealed class StormClient : IDisposable
{
    private static readonly TimeSpan TokenLifetime = TimeSpan.FromHours(2);
    private readonly HttpClient _client;
    private readonly TokenFactory _tokens;
    private readonly TimeProvider _time;
    private readonly string _hostToken;

    internal StormClient(RunFile run, TimeProvider time)
    {
        ApiUrl = new Uri(run.ApiUrl);
        _client = new HttpClient { BaseAddress = ApiUrl, Timeout = TimeSpan.FromSeconds(45) };
        _tokens = run.Jwt.Tokens(time);
        _time = time;
        _hostToken = TokenFor(DemoData.Host);
    }

    internal Uri ApiUrl { get; }

    internal string TokenFor(Guid user) => _tokens.Create(user, TokenLifetime);

    public void Dispose() => _client.Dispose();

    internal async Task<Guid> OpenActivityAsync(string title, StormOptions options, CancellationToken cancellationToken)
    {
        var body = new { title, startsAt = _time.GetUtcNow().AddDays(30), capacity = options.Capacity, maxPartySize = Math.Max(10, options.PartyMax) };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/activities") { Content = JsonContent.Create(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _hostToken);
        request.Headers.Add("Prefer", "wait=30");
        using HttpResponseMessage response = await _client.SendAsync(request, cancellationToken);
        string text = await response.Content.ReadAsStringAsync(cancellationToken);
        if (!response.IsSuccessStatusCode || response.StatusCode == System.Net.HttpStatusCode.Accepted)
        {
            throw new ToolException($"the activity could not be opened: {(int)response.StatusCode} {text}");
        }

        using JsonDocument document = JsonDocument.Parse(text);
        return document.RootElement.GetProperty("activityId").GetGuid();
    }

    /// <summary>The bytes of a submit, headers and all.</summary>
    internal byte[] BuildSubmit(Guid activityId, string token, int partySize, string? key, bool waits = true)
    {
        string body = string.Create(CultureInfo.InvariantCulture, $"{{\"guestCount\":{partySize - 1}}}");
        string keyHeader = key is null ? "" : $"Idempotency-Key: {key}\r\n";
        return Encoding.ASCII.GetBytes(
            $"POST /api/activities/{activityId}/rsvp HTTP/1.1\r\nHost: {ApiUrl.Authority}\r\nAuthorization: Bearer {token}\r\n" +
            $"{(waits ? "Prefer: wait=30\r\n" : "")}{keyHeader}Content-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}");
    }

    /// <summary>Asks for an accepted request's outcome and waits for it a while.</summary>
    internal async Task<Answer> AskAsync(Guid requestId, Guid user, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/requests/{requestId}");
        return await SendAsync(request, user, 10, cancellationToken);
    }

    /// <summary>The bytes of a cancel.</summary>
    internal byte[] BuildCancel(Guid activityId, string token, string? key) => Encoding.ASCII.GetBytes(
        $"DELETE /api/activities/{activityId}/rsvp HTTP/1.1\r\nHost: {ApiUrl.Authority}\r\nAuthorization: Bearer {token}\r\n" +
        $"Prefer: wait=30\r\n{(key is null ? "" : $"Idempotency-Key: {key}\r\n")}\r\n");

    /// <summary>Sends a request of the round again; with the same key it is the same request.</summary>
    internal async Task<Answer> RepeatAsync(StormRound round, int index, string? key, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(
            round.IsCancel ? HttpMethod.Delete : HttpMethod.Post, $"/api/activities/{round.ActivityId}/rsvp");
        if (!round.IsCancel) request.Content = JsonContent.Create(new { guestCount = round.PartySizes[index] - 1 });
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        return await SendAsync(request, round.Users[index], 30, cancellationToken);
    }

    /// <summary>The positions of the whole line, in the order in which the host's list gives them.</summary>
    internal async Task<List<int>> ReadPositionsAsync(Guid activityId, CancellationToken cancellationToken)
    {
        var positions = new List<int>();
        string? cursor = null;
        do
        {
            string path = $"/api/activities/{activityId}/waitlist?limit=500" + (cursor is null ? "" : "&cursor=" + Uri.EscapeDataString(cursor));
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _hostToken);
            using HttpResponseMessage response = await _client.SendAsync(request, cancellationToken);
            response.EnsureSuccessStatusCode();
            using JsonDocument document = await JsonDocument.ParseAsync(
                await response.Content.ReadAsStreamAsync(cancellationToken), cancellationToken: cancellationToken);
            JsonElement page = document.RootElement;
            if (page.TryGetProperty("entries", out JsonElement nested) && nested.ValueKind == JsonValueKind.Object) page = nested;
            foreach (JsonElement entry in page.GetProperty("items").EnumerateArray()) positions.Add(entry.GetProperty("position").GetInt32());
            cursor = page.TryGetProperty("nextCursor", out JsonElement next) && next.ValueKind == JsonValueKind.String ? next.GetString() : null;
        }
        while (cursor is not null);

        return positions;
    }

    private async Task<Answer> SendAsync(HttpRequestMessage request, Guid user, int waitSeconds, CancellationToken cancellationToken)
    {
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", TokenFor(user));
        request.Headers.Add("Prefer", string.Create(CultureInfo.InvariantCulture, $"wait={waitSeconds}"));
        try
        {
            using HttpResponseMessage response = await _client.SendAsync(request, cancellationToken);
            byte[] body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            return Answer.Read((int)response.StatusCode, body);
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return default;
        }
    }
}
