using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Rsvp.Testing;

namespace Rsvp.EndToEnd.Tests.Systems;

/// <summary>Somebody with a token, and what they do over HTTP.</summary>
internal sealed class Person(Guid id, string token, SystemFixture system)
{
    /// <summary>When an answer in trouble has to be there: the contract's 2 s, and much for a busy machine. Without a bound a client would wait for minutes.</summary>
    public static readonly TimeSpan AnsweredWithin = TimeSpan.FromSeconds(10);

    private HttpClient? _http;

    public Guid Id => id;

    public string Token => token;

    /// <summary>Uses a client of its own, for tests in which connections matter.</summary>
    public Person Over(HttpClient http)
    {
        _http = http;
        return this;
    }

    public async Task<Guid> OpenAsync(int? capacity, object? more = null)
    {
        var settings = JsonSerializer.SerializeToNode(new { title = "Chess night", startsAt = TimeProvider.System.GetUtcNow().AddDays(30), capacity })!.AsObject();
        foreach (var (name, value) in JsonSerializer.SerializeToNode(more ?? new { })!.AsObject())
        {
            settings[name] = value?.DeepClone();
        }

        var answer = await SendAsync(HttpMethod.Post, "/api/activities", settings.ToJsonString());
        Assert.Equal(HttpStatusCode.Created, answer.Status);
        return answer.Body.GetProperty("activityId").GetGuid();
    }

    public Task<Answer> PatchAsync(Guid activity, object change) =>
        SendAsync(HttpMethod.Patch, $"/api/activities/{activity}", JsonSerializer.Serialize(change));

    public Task<Answer> SubmitAsync(Guid activity, int partySize = 1, string? key = null, int waitSeconds = 30) => SendAsync(
        HttpMethod.Post, $"/api/activities/{activity}/rsvp", JsonSerializer.Serialize(new { guestCount = partySize - 1 }), key, waitSeconds);

    public Task<Answer> ResizeAsync(Guid activity, int partySize) =>
        SendAsync(HttpMethod.Put, $"/api/activities/{activity}/rsvp", JsonSerializer.Serialize(new { guestCount = partySize - 1 }));

    public Task<Answer> CancelAsync(Guid activity, string? key = null) => SendAsync(HttpMethod.Delete, $"/api/activities/{activity}/rsvp", key: key);

    public Task<Answer> GetAsync(string path) => SendAsync(HttpMethod.Get, path, waitSeconds: null);

    public async Task<string> StatusAsync(Guid activity) =>
        (await GetAsync($"/api/activities/{activity}/rsvp")).Body.GetProperty("status").GetString()!;

    public Task BecomesAsync(Guid activity, string status) =>
        Eventually.HoldsAsync(async () => await StatusAsync(activity) == status, $"the RSVP is {status}");

    public Task<Answer> SendIfMatchAsync(HttpMethod method, string path, string ifMatch, string? json = null) =>
        SendAsync(method, path, json, ifMatch: ifMatch);

    public async Task<Answer> SendAsync(
        HttpMethod method, string path, string? json = null, string? key = null, int? waitSeconds = 30, string? ifMatch = null)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (waitSeconds is not null)
        {
            request.Headers.Add("Prefer", $"wait={waitSeconds}");
        }

        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        if (ifMatch is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        }

        if (json is not null)
        {
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        }

        var startedAt = Stopwatch.GetTimestamp();
        using var response = await (_http ?? system.Http).SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return new Answer(response.StatusCode, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement.Clone())
        {
            Took = Stopwatch.GetElapsedTime(startedAt),
            Location = response.Headers.Location?.OriginalString,
            ETag = response.Headers.ETag?.Tag,
            PreferenceApplied = response.Headers.TryGetValues("Preference-Applied", out var applied) ? applied.Single() : null,
        };
    }
}

/// <summary>An answer over HTTP.</summary>
/// <param name="Status">The status code.</param>
/// <param name="Body">The JSON body; undefined when there is none.</param>
internal sealed record Answer(HttpStatusCode Status, JsonElement Body)
{
    public TimeSpan Took { get; init; }

    public string? Location { get; init; }

    public string? ETag { get; init; }

    public string? PreferenceApplied { get; init; }

    public string? Code => Body.TryGetProperty("code", out var code) ? code.GetString() : null;

    public string RequestId => Body.GetProperty("requestId").GetString()!;

    public string? RsvpStatus => Body.TryGetProperty("rsvp", out var rsvp) && rsvp.ValueKind == JsonValueKind.Object ? rsvp.GetProperty("status").GetString() : null;

    public int? Position => Body.GetProperty("rsvp").GetProperty("waitlistPosition") is { ValueKind: JsonValueKind.Number } position ? position.GetInt32() : null;
}
