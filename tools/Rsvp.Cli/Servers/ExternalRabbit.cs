using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Rsvp.Cli.Servers;

/// <summary>A broker that somebody else runs: <c>RSVP_RABBITMQ</c>, and <c>RSVP_RABBITMQ_MANAGEMENT</c> when its management API is not on port 15672.</summary>
internal sealed class ExternalRabbit : RabbitServer
{
    private bool _hasServiceUsers;

    internal ExternalRabbit(ServerContext context, string url, string? managementUrl)
        : base(context)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? uri) || uri.Scheme != "amqp")
        {
            throw new ToolException("RSVP_RABBITMQ must be a URL: amqp://user:password@host:5672/");
        }

        string[] user = uri.UserInfo.Split(':', 2);
        Address = new RabbitAddress(
            uri.Host,
            uri.Port > 0 ? uri.Port : 5672,
            Uri.UnescapeDataString(user[0]),
            user.Length > 1 ? Uri.UnescapeDataString(user[1]) : "",
            new Uri(string.IsNullOrEmpty(managementUrl) ? $"http://{uri.Host}:15672" : managementUrl));
    }

    internal override RabbitAddress Address { get; }

    internal override bool IsRunning => true;

    internal override int? Pid => null;

    internal override string ServiceUrl(string service) => _hasServiceUsers
        ? Address.Url(service, RabbitFiles.Password(Context.Secrets, service))
        : Address.Url(Address.Admin, Address.Password);

    internal override Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    internal override Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Makes a user for every service. A user that may not make others is what every service connects as then.</summary>
    internal override async Task PrepareAsync(CancellationToken cancellationToken)
    {
        using HttpClient client = CreateManagementClient();
        foreach (JsonElement permission in RabbitFiles.Permissions(Context.Home))
        {
            string user = permission.GetProperty("user").GetString()!;
            var account = new { password = RabbitFiles.Password(Context.Secrets, user), tags = "" };
            using HttpResponseMessage made = await client.PutAsJsonAsync(new Uri($"/api/users/{user}", UriKind.Relative), account, cancellationToken);
            if (made.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
            {
                Context.Say($"{Address.Admin} may not make users on the broker: every service connects as {Address.Admin}");
                return;
            }

            made.EnsureSuccessStatusCode();
            using HttpResponseMessage given = await client.PutAsJsonAsync(new Uri($"/api/permissions/%2F/{user}", UriKind.Relative), permission, cancellationToken);
            given.EnsureSuccessStatusCode();
        }

        _hasServiceUsers = true;
    }
}
