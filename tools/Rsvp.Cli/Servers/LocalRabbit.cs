using System.Globalization;
using Rsvp.Cli.Processes;

namespace Rsvp.Cli.Servers;

/// <summary>A private node from installed binaries. Nothing of it is shared: paths, cookie, ports, and its own port mapper (epmd), which the other nodes of a cluster use too.</summary>
/// <param name="context">The instance.</param>
/// <param name="script">From <see cref="FindScript"/>.</param>
/// <param name="first">The node whose cluster this one is to join; null for a node that is the first, or alone.</param>
/// <param name="number">Tells the nodes of a cluster apart, counted from 1.</param>
internal sealed class LocalRabbit(ServerContext context, string script, LocalRabbit? first = null, int number = 1) : RabbitServer(context)
{
    private const string EpmdName = "epmd";
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(25);
    private static readonly TimeSpan ControlAtMost = TimeSpan.FromSeconds(60);

    private string Folder => Context.Home.In("rabbitmq");

    protected override string LogFile => Context.Home.LogOf(Name);

    internal override RabbitAddress Address => new(
        "127.0.0.1", Context.Ports.Rabbit, Admin, Context.Secrets.RabbitAdmin, new Uri($"http://127.0.0.1:{Context.Ports.RabbitManagement}"));

    internal override bool IsRunning => Context.State.Alive(Name) is not null;

    internal override int? Pid => Context.State.Alive(Name)?.Pid;

    /// <summary>The other nodes of its cluster, of which services are told.</summary>
    internal IReadOnlyList<LocalRabbit> Others { get; set; } = [];

    internal string NodeName => string.Create(CultureInfo.InvariantCulture, $"rsvp{(number == 1 ? "" : number)}@localhost");

    private int EpmdPort => first?.EpmdPort ?? Context.Ports.Epmd;

    internal override string ServiceUrl(string service)
    {
        string all = string.Join(',', Others.Prepend(this).Select(node => string.Create(CultureInfo.InvariantCulture, $"{node.Address.Host}:{node.Address.Port}")));
        return string.Create(
            CultureInfo.InvariantCulture, $"amqp://{Uri.EscapeDataString(service)}:{Uri.EscapeDataString(RabbitFiles.Password(Context.Secrets, service))}@{all}/");
    }

    /// <summary>
    /// The server script itself; null when there is none. Debian's script on PATH is a wrapper that changes the user and forgets the
    /// environment, so the script that it calls is preferred.
    /// </summary>
    internal static string? FindScript()
    {
        const string fileName = "rabbitmq-server";
        string[] folders = ["/usr/lib/rabbitmq/bin", "/opt/homebrew/opt/rabbitmq/sbin", "/usr/local/opt/rabbitmq/sbin"];
        return folders.Select(folder => Path.Combine(folder, fileName)).FirstOrDefault(File.Exists) ?? Executables.Find(fileName);
    }

    internal override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (IsRunning) return;

        WriteFiles();
        if (first is null) await StartEpmdAsync(cancellationToken);
        ProcessRef process = Launcher.Start(new LaunchSpec
        {
            Name = Name,
            FileName = script,
            Environment = NodeEnvironment(),
            WorkingDirectory = Folder,
            LogFile = LogFile,
            Ports = [Context.Ports.Rabbit, Context.Ports.RabbitManagement, Context.Ports.RabbitDistribution, Context.Ports.RabbitMetrics],
        });
        Context.State.Record(process);
        Context.SaveState();
    }

    internal override async Task StopAsync(CancellationToken cancellationToken)
    {
        if (Context.State.Alive(Name) is { } broker && !await broker.StopAsync(Signal.Terminate, StopPatience, cancellationToken))
        {
            Context.Say("rabbitmq had to be killed; it recovers at its next start");
        }

        if (Context.State.Alive(EpmdName) is { } epmd) await epmd.StopAsync(Signal.Terminate, TimeSpan.FromSeconds(5), cancellationToken);
        Context.State.Forget(Name);
        Context.State.Forget(EpmdName);
        Context.SaveState();
    }

    /// <summary>Makes a node that runs a member of the cluster, with a replica of every quorum queue that there is: a queue gets its replicas among the nodes that are there when it is declared.</summary>
    internal async Task JoinAsync(CancellationToken cancellationToken)
    {
        string cluster = first?.NodeName ?? throw new InvalidOperationException("the first node joins nobody");
        foreach (string[] step in (string[][])[["stop_app"], ["reset"], ["join_cluster", cluster], ["start_app"]]) await ControlAsync(step, cancellationToken);
        await RunAsync("rabbitmq-queues", ["grow", NodeName, "all"], cancellationToken);
    }

    /// <summary>Runs <c>rabbitmqctl</c> on the node.</summary>
    /// <exception cref="ToolException">It failed.</exception>
    internal Task ControlAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken) => RunAsync("rabbitmqctl", arguments, cancellationToken);

    private async Task RunAsync(string tool, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        string path = Path.Combine(Path.GetDirectoryName(script)!, tool);
        ShellResult result = await Shell.RunAsync(path, arguments, ControlAtMost, NodeEnvironment(), Folder, cancellationToken: cancellationToken);
        if (!result.Ok) throw new ToolException($"{tool} {string.Join(' ', arguments)}: {result.Output}");
    }

    private void WriteFiles()
    {
        Directory.CreateDirectory(Path.Combine(Folder, "home"));
        string definitions = Path.Combine(Folder, "definitions");
        RabbitFiles.WriteDefinitions(Context.Home, Context.Secrets, Context.State.Partitions, definitions);
        RabbitFiles.WriteConfiguration(
            Context.Home,
            Path.Combine(Folder, "rabbitmq.conf"),
            $"listeners.tcp.1 = 127.0.0.1:{Context.Ports.Rabbit}",
            "management.tcp.ip = 127.0.0.1",
            $"management.tcp.port = {Context.Ports.RabbitManagement}",
            "prometheus.tcp.ip = 127.0.0.1",
            $"prometheus.tcp.port = {Context.Ports.RabbitMetrics}",
            "collect_statistics_interval = 1000", // One machine has few queues, and whoever looks at the status wants to see what is.
            $"definitions.local.path = {definitions}");
        File.Copy(Context.Home.InRoot("infra", "rabbitmq", "enabled_plugins"), Path.Combine(Folder, "enabled_plugins"), overwrite: true);
        File.WriteAllText(Path.Combine(Folder, "env.conf"), "");

        // Erlang refuses a cookie that others can read.
        string cookie = Path.Combine(Folder, "home", ".erlang.cookie");
        if (File.Exists(cookie)) return;

        File.WriteAllText(cookie, Context.Secrets.ErlangCookie);
        FileRights.Set(cookie, UnixFileMode.UserRead);
    }

    /// <summary>Erlang would start a port mapper of its own and leave it behind; ours is a process like the others.</summary>
    private async Task StartEpmdAsync(CancellationToken cancellationToken)
    {
        if (Context.State.Alive(EpmdName) is not null) return;

        string[] bundled = Directory.Exists("/usr/lib/erlang") ? Directory.GetFiles("/usr/lib/erlang", EpmdName, SearchOption.AllDirectories) : [];
        string epmd = Executables.Find(EpmdName) ?? bundled.FirstOrDefault() ?? throw new ToolException("epmd, a part of Erlang, is missing");
        string port = Context.Ports.Epmd.ToString(CultureInfo.InvariantCulture);
        ProcessRef process = Launcher.Start(new LaunchSpec
        {
            Name = EpmdName,
            FileName = epmd,
            Arguments = ["-port", port, "-address", "127.0.0.1"],
            WorkingDirectory = Folder,
            LogFile = Context.Home.LogOf(EpmdName),
            Ports = [Context.Ports.Epmd],
        });
        Context.State.Record(process);
        Context.SaveState();
        if (await process.WaitForExitAsync(TimeSpan.FromMilliseconds(100), cancellationToken))
        {
            throw new ToolException($"epmd did not start on port {port}", Context.Home.LogOf(EpmdName));
        }
    }

    private Dictionary<string, string> NodeEnvironment() => new()
    {
        ["HOME"] = Path.Combine(Folder, "home"),
        ["ERL_EPMD_PORT"] = EpmdPort.ToString(CultureInfo.InvariantCulture),
        ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
        ["RABBITMQ_NODENAME"] = NodeName,
        ["RABBITMQ_DIST_PORT"] = Context.Ports.RabbitDistribution.ToString(CultureInfo.InvariantCulture),
        ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = "-kernel inet_dist_use_interface {127,0,0,1}",
        ["RABBITMQ_MNESIA_BASE"] = Path.Combine(Folder, "data"),
        ["RABBITMQ_LOG_BASE"] = Path.Combine(Folder, "log"),
        ["RABBITMQ_GENERATED_CONFIG_DIR"] = Path.Combine(Folder, "generated"),
        ["RABBITMQ_CONFIG_FILE"] = Path.Combine(Folder, "rabbitmq.conf"),
        ["RABBITMQ_ENABLED_PLUGINS_FILE"] = Path.Combine(Folder, "enabled_plugins"),
        ["RABBITMQ_CONF_ENV_FILE"] = Path.Combine(Folder, "env.conf"),
        ["RABBITMQ_PID_FILE"] = Path.Combine(Folder, "pid"),

        // Makes the script become the node instead of watching it, so the process that we start is the node.
        ["RUNNING_UNDER_SYSTEMD"] = "true",
    };
}
