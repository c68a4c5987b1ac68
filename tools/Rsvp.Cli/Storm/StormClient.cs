using System.Net.Http.Headers;
using System.Text.Json;
using Rsvp.Cli.Instances;
using Rsvp.Client;
using Rsvp.Hosting.Auth;

namespace Rsvp.Cli.Storm;

/// <summary>Who people are to the API, by <see cref="RsvpClient"/>; and the hosts' list, which that client does not read.</summary>
internal sealed class StormClient : IDisposable
{
    private static readonly TimeSpan TokenLifetime = TimeSpan.FromHours(2);

    // As long as the API holds an answer: whoever has to come again is counted.
    private static readonly TimeSpan HoldFor = TimeSpan.FromSeconds(30);

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

    /// <summary>Somebody who asks the API by the client, over connections of their own or of others.</summary>
    internal RsvpClient ClientWith(string token, HttpMessageHandler? handler = null, TimeSpan? retryFor = null) => new(new RsvpClientOptions
    {
        BaseAddress = ApiUrl,
        GetTokenAsync = _ => ValueTask.FromResult<string?>(token),
        HoldFor = HoldFor,
        RetryFor = retryFor ?? TimeSpan.FromMinutes(1),
        Handler = handler,
    });

    internal async Task<Guid> OpenActivityAsync(string title, StormOptions options, CancellationToken cancellationToken)
    {
        await using RsvpClient host = ClientWith(_hostToken);
        Outcome outcome = await host.OpenActivityAsync(
            new NewActivity { Title = title, StartsAt = _time.GetUtcNow().AddDays(30), Capacity = options.Capacity, MaxPartySize = Math.Max(10, options.PartyMax) },
            cancellationToken: cancellationToken);
        return outcome.Activity?.Id ?? throw new ToolException($"the activity could not be opened: {outcome.Problem?.Code}");
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
}
