using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Rsvp.Cli.Processes;

namespace Rsvp.Cli.Servers;

/// <summary>The container engine, when one answers.</summary>
internal static class ContainerEngine
{
    private static readonly TimeSpan AtMost = TimeSpan.FromMinutes(10);

    internal static string? Find() => Executables.Find("docker") ?? Executables.Find("podman");

    internal static async Task<bool> AnswersAsync(CancellationToken cancellationToken) =>
        Find() is { } engine && (await Shell.RunAsync(engine, ["info"], TimeSpan.FromSeconds(10), cancellationToken: cancellationToken)).Ok;

    internal static async Task<string> RunAsync(IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        ShellResult result = await Shell.RunAsync(Find() ?? "docker", arguments, AtMost, cancellationToken: cancellationToken);
        return result.Ok ? result.Output.Trim() : throw new ToolException($"the container engine refused: {result.Output}");
    }

    /// <summary>A name that differs between instances and stays the same for one.</summary>
    internal static string NameFor(ServerContext context, string server) =>
        $"rsvp-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(context.Home.Path)))[..8]}-{server}";

    internal static async Task<int?> StartAsync(ServerContext context, string server, string[] arguments, CancellationToken cancellationToken)
    {
        string name = NameFor(context, server);
        if (!await IsRunningAsync(name, cancellationToken))
        {
            await Shell.RunAsync(Find()!, ["rm", "-f", name], AtMost, cancellationToken: cancellationToken);
            await RunAsync(["run", "-d", "--name", name, .. arguments], cancellationToken);
        }

        context.State.Containers[server] = name;
        context.SaveState();
        string pid = await RunAsync(["inspect", "-f", "{{.State.Pid}}", name], cancellationToken);
        return int.TryParse(pid, CultureInfo.InvariantCulture, out int number) && number > 0 ? number : null;
    }

    internal static async Task StopAsync(ServerContext context, string server, CancellationToken cancellationToken)
    {
        if (!context.State.Containers.Remove(server, out string? name)) return;

        await Shell.RunAsync(Find() ?? "docker", ["stop", "-t", "20", name], AtMost, cancellationToken: cancellationToken);
        await Shell.RunAsync(Find() ?? "docker", ["rm", "-f", name], AtMost, cancellationToken: cancellationToken);
        context.SaveState();
    }

    private static async Task<bool> IsRunningAsync(string name, CancellationToken cancellationToken) =>
        (await Shell.RunAsync(Find()!, ["inspect", "-f", "{{.State.Running}}", name], AtMost, cancellationToken: cancellationToken)).Output.Trim() == "true";
}

/// <summary>PostgreSQL in a container; its data is under the instance's home.</summary>
internal sealed class ContainerPostgres(ServerContext context) : PostgresServer(context)
{
    private int? _pid;

    internal override PostgresAddress Address =>
        new("127.0.0.1", Context.Ports.Postgres, "postgres", Context.Secrets.PostgresSuperuser, DefaultDatabase);

    internal override bool IsRunning => Context.State.Containers.ContainsKey(Name);

    internal override int? Pid => _pid;

    internal override async Task StartAsync(CancellationToken cancellationToken)
    {
        string data = Context.Home.In("postgres", "container");
        Directory.CreateDirectory(data);
        _pid = await ContainerEngine.StartAsync(
            Context,
            Name,
            [
                "-p", $"127.0.0.1:{Context.Ports.Postgres}:5432", "-v", $"{data}:/var/lib/postgresql/data", "--shm-size", "512m",
                "-e", $"POSTGRES_PASSWORD={Context.Secrets.PostgresSuperuser}", "-e", "PGDATA=/var/lib/postgresql/data/cluster",
                "postgres:17-alpine", "-c", $"max_connections={ConnectionsMax}", "-c", "shared_buffers=256MB", "-c", "jit=off", "-c", "wal_compression=lz4", "-c", "max_wal_size=2GB",
            ],
            cancellationToken);
    }

    internal override Task StopAsync(CancellationToken cancellationToken) => ContainerEngine.StopAsync(Context, Name, cancellationToken);
}

/// <summary>RabbitMQ in a container; its data is under the instance's home.</summary>
internal sealed class ContainerRabbit(ServerContext context) : RabbitServer(context)
{
    private int? _pid;

    internal override RabbitAddress Address => new(
        "127.0.0.1", Context.Ports.Rabbit, Admin, Context.Secrets.RabbitAdmin, new Uri($"http://127.0.0.1:{Context.Ports.RabbitManagement}"));

    internal override bool IsRunning => Context.State.Containers.ContainsKey(Name);

    internal override int? Pid => _pid;

    internal override string ServiceUrl(string service) => Address.Url(service, RabbitFiles.Password(Context.Secrets, service));

    internal override async Task StartAsync(CancellationToken cancellationToken)
    {
        string folder = Context.Home.In("rabbitmq");
        string etc = Path.Combine(folder, "container");
        string data = Path.Combine(folder, "container-data");
        Directory.CreateDirectory(etc);
        Directory.CreateDirectory(data);
        string definitions = Path.Combine(etc, "definitions");
        RabbitFiles.WriteDefinitions(Context.Home, Context.Secrets, Context.State.Partitions, definitions);
        RabbitFiles.WriteConfiguration(Context.Home, Path.Combine(etc, "rabbitmq.conf"), "definitions.local.path = /etc/rabbitmq/definitions");
        File.Copy(Context.Home.InRoot("infra", "rabbitmq", "enabled_plugins"), Path.Combine(etc, "enabled_plugins"), overwrite: true);

        // The container's user is not ours: it must be able to read what is mounted.
        const UnixFileMode readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        foreach (string file in Directory.GetFiles(etc, "*", SearchOption.AllDirectories)) FileRights.Set(file, readable);
        _pid = await ContainerEngine.StartAsync(
            Context,
            Name,
            [
                "--hostname", "rsvp", "-p", $"127.0.0.1:{Context.Ports.Rabbit}:5672", "-p", $"127.0.0.1:{Context.Ports.RabbitManagement}:15672",
                "-p", $"127.0.0.1:{Context.Ports.RabbitMetrics}:15692",
                "-v", $"{data}:/var/lib/rabbitmq", "-v", $"{etc}/rabbitmq.conf:/etc/rabbitmq/rabbitmq.conf:ro",
                "-v", $"{etc}/enabled_plugins:/etc/rabbitmq/enabled_plugins:ro", "-v", $"{definitions}:/etc/rabbitmq/definitions:ro",
                "rabbitmq:4.2-management-alpine",
            ],
            cancellationToken);
    }

    internal override Task StopAsync(CancellationToken cancellationToken) => ContainerEngine.StopAsync(Context, Name, cancellationToken);
}
