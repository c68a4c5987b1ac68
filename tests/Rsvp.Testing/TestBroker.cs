using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Xunit;

namespace Rsvp.Testing;

/// <summary>A virtual host of its own on the test broker; deleted at the end, its connections and queues with it.</summary>
public sealed class TestBroker : IAsyncLifetime
{
    private readonly HttpClient _management = CreateManagementClient();
    private readonly List<string> _users = [];

    /// <summary>The virtual host's name.</summary>
    public string VirtualHost { get; } = $"rsvp-test-{Guid.NewGuid():N}";

    /// <summary>AMQP URL of an administrator to this virtual host.</summary>
    public string Url => new UriBuilder(TestServers.RabbitMq) { Path = VirtualHost }.Uri.AbsoluteUri;

    /// <summary>Makes a virtual host; the caller disposes of it.</summary>
    public static async Task<TestBroker> CreateAsync()
    {
        var broker = new TestBroker();
        await broker.InitializeAsync();
        return broker;
    }

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        var userName = Uri.UnescapeDataString(TestServers.RabbitMq.UserInfo.Split(':')[0]);
        await SendAsync(HttpMethod.Put, $"vhosts/{VirtualHost}");
        await SendAsync(
            HttpMethod.Put,
            $"permissions/{VirtualHost}/{Uri.EscapeDataString(userName)}",
            new { configure = ".*", write = ".*", read = ".*" });
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await SendAsync(HttpMethod.Delete, $"vhosts/{VirtualHost}");
        foreach (var user in _users)
        {
            await SendAsync(HttpMethod.Delete, $"users/{user}");
        }

        _management.Dispose();
    }

    /// <summary>Makes a user with the rights that a service has in a system, on this virtual host.</summary>
    /// <param name="service">Such as <c>rsvp_api</c>.</param>
    /// <returns>Its AMQP URL.</returns>
    public async Task<string> UrlOfAsync(string service)
    {
        using var shipped = JsonDocument.Parse(await File.ReadAllTextAsync(Repository.PathOf("infra", "rabbitmq", "permissions.json")));
        var rights = shipped.RootElement.GetProperty("permissions").EnumerateArray().Single(rights => rights.GetProperty("user").GetString() == service);
        var user = $"{service}-{VirtualHost}";
        var password = Guid.NewGuid().ToString("N");
        await SendAsync(HttpMethod.Put, $"users/{user}", new { password, tags = "" });
        _users.Add(user);
        await SendAsync(HttpMethod.Put, $"permissions/{VirtualHost}/{user}", rights);
        return new UriBuilder(Url) { UserName = user, Password = password }.Uri.AbsoluteUri;
    }

    /// <summary>Reads from the management API, such as <c>queues</c> or <c>exchanges</c> of this virtual host.</summary>
    /// <param name="resource">A resource that is listed by virtual host.</param>
    public async Task<JsonElement> ListAsync(string resource) =>
        await _management.GetFromJsonAsync<JsonElement>(new Uri($"{resource}/{VirtualHost}", UriKind.Relative));

    /// <summary>Asks the management API about this virtual host or the server.</summary>
    /// <param name="method">The HTTP method.</param>
    /// <param name="path">The path behind <c>/api/</c>.</param>
    /// <param name="body">The JSON body; null for none.</param>
    /// <exception cref="HttpRequestException">It refused.</exception>
    public async Task SendAsync(HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative))
        {
            Content = JsonContent.Create(body ?? new object()),
        };
        using var response = await _management.SendAsync(request);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Closes the connections of this virtual host that have a name, as a failing network would; waits until there was one to close.</summary>
    /// <param name="connectionName">The name that their client gave them.</param>
    public async Task CloseConnectionsAsync(string connectionName) => await Eventually.HoldsAsync(
        async () =>
        {
            var connections = await _management.GetFromJsonAsync<JsonElement>(new Uri($"vhosts/{VirtualHost}/connections", UriKind.Relative));
            string[] names =
            [
                .. connections.EnumerateArray()
                    .Where(connection => connection.TryGetProperty("user_provided_name", out var name) && name.GetString() == connectionName)
                    .Select(connection => connection.GetProperty("name").GetString()!),
            ];
            foreach (var name in names)
            {
                await SendAsync(HttpMethod.Delete, "connections/" + Uri.EscapeDataString(name));
            }

            return names.Length > 0;
        },
        $"there was a connection named {connectionName}");

    private static HttpClient CreateManagementClient()
    {
        var url = TestServers.RabbitMqManagement;
        var credentials = Encoding.UTF8.GetBytes(Uri.UnescapeDataString(url.UserInfo));
        return new HttpClient
        {
            BaseAddress = new UriBuilder(url.Scheme, url.Host, url.Port, "/api/").Uri,
            DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(credentials)) },
        };
    }
}
