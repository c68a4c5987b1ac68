using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Rsvp.Hosting.Auth;

namespace Rsvp.Api.Development;

/// <summary>
/// A rush for an activity of its own, by real people as far as the system can tell: each has a token, and asks once over HTTP at the API's public
/// port, waiting for the final outcome. A browser opens six connections to a server; this opens hundreds.
/// </summary>
internal sealed class RushRunner(TokenFactory tokens, IServer server, IConfiguration configuration, TimeProvider timeProvider) : IDisposable
{
    // An answer that takes longer counts as none.
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(40);

    private readonly SemaphoreSlim _one = new(1, 1);

    /// <summary>Takes the right to run, of which there is one.</summary>
    internal bool TryBegin() => _one.Wait(TimeSpan.Zero);

    internal void End() => _one.Release();

    /// <summary>Opens the activity of a rush.</summary>
    internal async Task<Guid> OpenAsync(HttpClient http, Guid host, RushBody rush, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/activities")
        {
            Content = JsonContent.Create(new Dictionary<string, object>
            {
                ["title"] = string.Create(CultureInfo.InvariantCulture, $"Rush of {now:HH:mm:ss}"),
                ["startsAt"] = now.AddDays(1),
                ["capacity"] = rush.Seats,
            }),
        };
        var (status, answer) = await SendAsync(http, request, tokens.Create(host, DevelopmentEndpoints.TokenLifetime, "Rush host"), cancellationToken);
        return status == HttpStatusCode.Created
            ? answer.GetProperty("activityId").GetGuid()
            : throw new HttpRequestException("The activity of the rush was not opened.", inner: null, status);
    }

    /// <summary>The tokens of so many people, before the clock runs: people bring theirs along.</summary>
    internal string[] Gather(int people) =>
        [.. Enumerable.Range(1, people).Select(number => tokens.Create(Guid.NewGuid(), DevelopmentEndpoints.TokenLifetime, string.Create(CultureInfo.InvariantCulture, $"Guest {number}")))];

    /// <summary>Lets everybody ask, at most so many at a time, and counts.</summary>
    internal Task RunAsync(HttpClient http, Guid activityId, string[] crowd, int connections, RushTally tally, CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(crowd, new ParallelOptions { MaxDegreeOfParallelism = connections, CancellationToken = cancellationToken }, async (token, cancelled) =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/activities/{activityId}/rsvp");
            var sentAt = timeProvider.GetTimestamp();
            try
            {
                var (status, answer) = await SendAsync(http, request, token, cancelled);
                tally.Count(sentAt, status, answer);
            }
            catch (Exception error) when (error is HttpRequestException or JsonException || (error is OperationCanceledException && !cancelled.IsCancellationRequested))
            {
                tally.Count(sentAt, status: null, answer: default);
            }
        });

    internal HttpClient NewClient(int connections) => new(new SocketsHttpHandler { MaxConnectionsPerServer = connections, UseProxy = false })
    {
        BaseAddress = PublicAddress(),
        Timeout = AnswerTimeout,
    };

    public void Dispose() => _one.Dispose();

    private static async Task<(HttpStatusCode Status, JsonElement Answer)> SendAsync(
        HttpClient http, HttpRequestMessage request, string token, CancellationToken cancellationToken)
    {
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Headers.Add("Prefer", "wait=30");
        using var response = await http.SendAsync(request, cancellationToken);
        using var body = await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync(cancellationToken), cancellationToken: cancellationToken);
        return (response.StatusCode, body.RootElement.Clone());
    }

    private Uri PublicAddress()
    {
        var management = configuration["Management:Port"];
        var addresses = server.Features.Get<IServerAddressesFeature>()!.Addresses.Select(BindingAddress.Parse);
        var address = addresses.First(address => address.Port.ToString(CultureInfo.InvariantCulture) != management);
        var host = address.Host is "+" or "*" or "0.0.0.0" or "[::]" ? "127.0.0.1" : address.Host;
        return new UriBuilder(address.Scheme, host, address.Port).Uri;
    }
}
