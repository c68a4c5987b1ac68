using System.Net.Http.Json;
using System.Text.Json;
using Rsvp.EndToEnd.Tests.Systems;
using Rsvp.Testing;

namespace Rsvp.EndToEnd.Tests.Alerts;

/// <summary>The shared system under a Prometheus that looks every second, by the rules with their times shortened.</summary>
public sealed class ObservedSystem(SystemFixture system) : IAsyncLifetime
{
    // A look every second, a short wait in the rule, and whatever the fault itself takes on a busy machine: the audit looks every 15 s, and again after a minute.
    private static readonly TimeSpan AtMost = TimeSpan.FromMinutes(3);
    private readonly HttpClient _http = new();

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        await system.Instance.ObserveAsync(scrapeInterval: 1, AlertRule.Scaled(), CancellationToken.None);
        await ShowsAsync("count(up == 1) == count(up) and count(up) >= 6");
        await QuietAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await system.Instance.Prometheus.StopAsync(CancellationToken.None);
    }

    /// <summary>Waits until an alert fires.</summary>
    internal Task FiresAsync(string alert) =>
        Eventually.HoldsAsync(async () => (await FiringAsync()).Contains(alert), $"{alert} fires", AtMost);

    /// <summary>Waits until it does not any more.</summary>
    internal Task ClearsAsync(string alert) =>
        Eventually.HoldsAsync(async () => !(await FiringAsync()).Contains(alert), $"{alert} clears", AtMost);

    /// <summary>Waits until none fires.</summary>
    internal async Task QuietAsync()
    {
        IReadOnlyList<string> firing = [];
        try
        {
            await Eventually.HoldsAsync(async () => (firing = await FiringAsync()).Count == 0, "no alert fires", AtMost);
        }
        catch (TimeoutException)
        {
            Assert.Equal([], firing);
        }
    }

    /// <summary>Waits until a query has a result.</summary>
    internal Task ShowsAsync(string query) => Eventually.HoldsAsync(
        async () => (await AskAsync($"query?query={Uri.EscapeDataString(query)}")).GetProperty("result").GetArrayLength() > 0, $"{query} has a result", AtMost);

    /// <summary>Names of all figures that it has seen.</summary>
    internal async Task<HashSet<string>> NamesAsync() =>
        [.. (await AskAsync("label/__name__/values")).EnumerateArray().Select(name => name.GetString()!)];

    internal async Task<IReadOnlyList<string>> FiringAsync() =>
    [
        .. (await AskAsync("alerts")).GetProperty("alerts").EnumerateArray()
            .Where(alert => alert.GetProperty("state").GetString() == "firing")
            .Select(alert => alert.GetProperty("labels").GetProperty("alertname").GetString()!),
    ];

    private async Task<JsonElement> AskAsync(string what) =>
        (await _http.GetFromJsonAsync<JsonElement>(new Uri(system.Instance.Prometheus.Url, "/api/v1/" + what))).GetProperty("data");
}
