using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Rsvp.Cli.Instances;
using Rsvp.Hosting.Messaging;

namespace Rsvp.Cli.Scaling;

/// <summary>What tools ask the broker's management API about queues.</summary>
internal sealed class BrokerManagement : IDisposable
{
    private const string VirtualHost = "%2F";
    private readonly HttpClient _http;

    /// <param name="url">With the administrator's credentials.</param>
    internal BrokerManagement(Uri url)
    {
        string credentials = Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(url.UserInfo)));
        _http = new HttpClient
        {
            BaseAddress = new Uri($"{url.Scheme}://{url.Authority}/api/"),
            Timeout = TimeSpan.FromSeconds(10),
            DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Basic", credentials) },
        };
    }

    internal async Task<IReadOnlyList<BrokerQueue>> QueuesAsync(CancellationToken cancellationToken) =>
        [.. (await ListAsync($"queues/{VirtualHost}", cancellationToken)).Select(queue => new BrokerQueue(
            queue.GetProperty("name").GetString()!, queue.TryGetProperty("messages", out JsonElement messages) ? messages.GetInt64() : 0))];

    internal async Task<IReadOnlyList<BrokerConsumer>> ConsumersAsync(CancellationToken cancellationToken) =>
        [.. (await ListAsync($"consumers/{VirtualHost}", cancellationToken)).Select(consumer => new BrokerConsumer(
            consumer.GetProperty("queue").GetProperty("name").GetString()!,
            consumer.GetProperty("consumer_tag").GetString()!,
            consumer.GetProperty("activity_status").GetString() == "single_active"))];

    /// <summary>Deletes one of <c>queues</c> or <c>exchanges</c>; nothing happens when there is none of that name.</summary>
    internal async Task DeleteAsync(string kind, string name, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await _http.DeleteAsync(new Uri($"{kind}/{VirtualHost}/{Uri.EscapeDataString(name)}", UriKind.Relative), cancellationToken);
        if (response.StatusCode != HttpStatusCode.NotFound) response.EnsureSuccessStatusCode();
    }

    /// <summary>Makes the queues of a topology, each like the one that is given, with its exchange and bindings, as workers declare them.</summary>
    internal async Task DeclareLikeAsync(string queue, PartitionTopology topology, CancellationToken cancellationToken)
    {
        JsonElement like = await _http.GetFromJsonAsync<JsonElement>(new Uri($"queues/{VirtualHost}/{queue}", UriKind.Relative), cancellationToken);
        JsonElement arguments = like.GetProperty("arguments");
        for (int partition = 0; partition < topology.Count; partition++)
        {
            string name = Topology.PartitionQueue(topology.Version, partition);
            await SendAsync(HttpMethod.Put, $"exchanges/{VirtualHost}/{name}", new { type = "fanout", durable = true }, cancellationToken);
            await SendAsync(HttpMethod.Put, $"queues/{VirtualHost}/{name}", new { durable = true, arguments }, cancellationToken);
            await SendAsync(HttpMethod.Post, $"bindings/{VirtualHost}/e/{name}/q/{name}", new { routing_key = "" }, cancellationToken);
            await SendAsync(
                HttpMethod.Post,
                $"bindings/{VirtualHost}/e/{Topology.CommandsExchange}/e/{name}",
                new { routing_key = Topology.PartitionKey(topology.Version, partition) },
                cancellationToken);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task SendAsync(HttpMethod method, string path, object body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = JsonContent.Create(body) };
        using HttpResponseMessage response = await _http.SendAsync(request, cancellationToken);
        response.EnsureSuccessStatusCode();
    }

    private async Task<IEnumerable<JsonElement>> ListAsync(string resource, CancellationToken cancellationToken) =>
        (await _http.GetFromJsonAsync<JsonElement>(new Uri(resource, UriKind.Relative), cancellationToken)).EnumerateArray();
}

/// <summary>A queue and how many messages it has, those in work included.</summary>
internal sealed record BrokerQueue(string Name, long MessageCount);

/// <summary>Somebody who is subscribed to a queue.</summary>
internal sealed record BrokerConsumer(string Queue, string Tag, bool IsActive);
