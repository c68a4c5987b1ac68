using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Rsvp.Cli.Servers;

/// <summary>Where a broker listens, and its administrator.</summary>
internal sealed record RabbitAddress(string Host, int Port, string Admin, string Password, Uri Management)
{
    internal string Url(string user, string password) =>
        $"amqp://{Uri.EscapeDataString(user)}:{Uri.EscapeDataString(password)}@{Host}:{Port}/";

    /// <summary>Management URL with the administrator's credentials.</summary>
    internal string ManagementUrl =>
        $"{Management.Scheme}://{Uri.EscapeDataString(Admin)}:{Uri.EscapeDataString(Password)}@{Management.Host}:{Management.Port}";
}

/// <summary>A RabbitMQ broker that the instance uses, whoever runs it.</summary>
internal abstract class RabbitServer(ServerContext context)
{
    internal const string Name = "rabbitmq";
    internal const string Admin = "rsvp";

    private static readonly TimeSpan ReadyAtMost = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(200);

    protected ServerContext Context { get; } = context;

    internal abstract RabbitAddress Address { get; }

    internal abstract bool IsRunning { get; }

    internal abstract int? Pid { get; }

    /// <summary>The AMQP URL of a service; every service has its own user where users are ours to make.</summary>
    internal abstract string ServiceUrl(string service);

    internal abstract Task StartAsync(CancellationToken cancellationToken);

    internal abstract Task StopAsync(CancellationToken cancellationToken);

    /// <summary>Makes the services' users where a node does not import them when it starts. Once the broker is ready.</summary>
    internal virtual Task PrepareAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected virtual string? LogFile => null;

    /// <summary>A client of the management API that is the administrator.</summary>
    protected HttpClient CreateManagementClient()
    {
        var client = new HttpClient { BaseAddress = Address.Management, Timeout = TimeSpan.FromSeconds(5) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Address.Admin}:{Address.Password}")));
        return client;
    }

    /// <summary>The broker's version, asked of a management URL with credentials; "?" when it does not say.</summary>
    internal static async Task<string> ReadVersionAsync(Uri management, CancellationToken cancellationToken)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(management.UserInfo))));
        try
        {
            string json = await client.GetStringAsync(new Uri($"{management.Scheme}://{management.Authority}/api/overview"), cancellationToken);
            using JsonDocument overview = JsonDocument.Parse(json);
            return overview.RootElement.GetProperty("rabbitmq_version").GetString() ?? "?";
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            return "?";
        }
    }

    /// <summary>Waits until both the broker and its management API answer, alarms or not.</summary>
    internal async Task WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        using HttpClient client = CreateManagementClient();
        var clock = Stopwatch.StartNew();
        while (true)
        {
            string reason;
            try
            {
                using var socket = new TcpClient();
                await socket.ConnectAsync(Address.Host, Address.Port, cancellationToken);
                using HttpResponseMessage response = await client.GetAsync(new Uri("/api/overview", UriKind.Relative), cancellationToken);
                if (response.IsSuccessStatusCode) return;

                reason = $"its management API answers {(int)response.StatusCode}";
            }
            catch (Exception exception) when (exception is SocketException or HttpRequestException or TaskCanceledException)
            {
                cancellationToken.ThrowIfCancellationRequested();
                reason = exception.Message;
            }

            if (!IsRunning || clock.Elapsed > ReadyAtMost)
            {
                throw new ToolException($"RabbitMQ at {Address.Host}:{Address.Port} is not ready: {reason}", LogFile);
            }

            await Task.Delay(PollInterval, cancellationToken);
        }
    }
}
