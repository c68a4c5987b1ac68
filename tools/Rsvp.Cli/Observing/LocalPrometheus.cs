using System.Diagnostics;
using System.Globalization;
using Rsvp.Cli.Instances;
using Rsvp.Cli.Processes;
using Rsvp.Cli.Servers;

namespace Rsvp.Cli.Observing;

/// <summary>A private Prometheus that watches an instance, by the alerts of <c>infra/prometheus</c>. What it looks at is a file that is written again whenever a service starts or stops.</summary>
internal sealed class LocalPrometheus(ServerContext context)
{
    internal const string Name = "prometheus";

    private static readonly TimeSpan ReadyAtMost = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(200);

    private string Folder => context.Home.In("prometheus");

    internal Uri Url => new($"http://127.0.0.1:{context.Ports.Prometheus}");

    internal bool IsRunning => context.State.Alive(Name) is not null;

    /// <summary>Starts it unless it runs.</summary>
    /// <param name="scrapeInterval">Seconds between two looks, and between two evaluations of the rules.</param>
    /// <param name="rules">Instead of those of the repository; null for those.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    internal async Task StartAsync(int scrapeInterval, string? rules, CancellationToken cancellationToken)
    {
        if (IsRunning) return;

        string program = await FindAsync(context.Home, context.Say, Name, cancellationToken);
        Directory.CreateDirectory(Folder);
        WriteTargets([]);
        File.WriteAllText(Path.Combine(Folder, "rules.yml"), rules ?? File.ReadAllText(context.Home.InRoot("infra", "prometheus", "rules.yml")));
        File.WriteAllText(Path.Combine(Folder, "prometheus.yml"), Configuration(scrapeInterval));
        context.Say($"starting Prometheus on port {context.Ports.Prometheus} ...");
        ProcessRef process = Launcher.Start(new LaunchSpec
        {
            Name = Name,
            FileName = program,
            Arguments =
            [
                "--config.file=" + Path.Combine(Folder, "prometheus.yml"),
                "--storage.tsdb.path=" + Path.Combine(Folder, "data"),
                "--storage.tsdb.retention.time=15d",
                string.Create(CultureInfo.InvariantCulture, $"--web.listen-address=127.0.0.1:{context.Ports.Prometheus}"),
            ],
            WorkingDirectory = Folder,
            LogFile = context.Home.LogOf(Name),
            Ports = [context.Ports.Prometheus],
        });
        context.State.Record(process);
        context.SaveState();
        await WaitUntilReadyAsync(process, cancellationToken);
    }

    internal async Task StopAsync(CancellationToken cancellationToken)
    {
        if (context.State.Alive(Name) is { } process) await process.StopAsync(Signal.Terminate, StopPatience, cancellationToken);
        context.State.Forget(Name);
        context.SaveState();
    }

    /// <summary>Tells it what to look at; it notices by itself.</summary>
    internal void WriteTargets(IEnumerable<Service> services)
    {
        if (!Directory.Exists(Folder)) return;

        JsonFile.Write(
            Path.Combine(Folder, "services.json"),
            services.Select(service => new
            {
                targets = new[] { string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{service.ManagementPort}") },
                labels = new Dictionary<string, string> { ["job"] = service.Role.Replace('_', '-'), ["instance"] = service.Name },
            }));
    }

    /// <summary>Finds one of the programs of Debian's package, and installs that when it is missing.</summary>
    /// <exception cref="ToolException">It is not there and cannot be installed.</exception>
    internal static async Task<string> FindAsync(RsvpHome home, Action<string> say, string program, CancellationToken cancellationToken)
    {
        if (Executables.Find(program) is { } found) return found;

        await AptInstaller.InstallAsync(home, say, ["prometheus"], " (https://prometheus.io/download)", cancellationToken);
        return Executables.Find(program) ?? throw new ToolException($"{program} is missing, although its package was installed");
    }

    // Brokers that are not ours may not have the plugin; then they are down for Prometheus, and it says so.
    private string Configuration(int scrapeInterval) =>
        $$"""
        global:
          scrape_interval: {{scrapeInterval}}s
          evaluation_interval: {{scrapeInterval}}s
        rule_files: [rules.yml]
        scrape_configs:
          - job_name: services
            file_sd_configs: [{ files: [services.json] }]
          - job_name: rabbitmq
            static_configs: [{ targets: ['127.0.0.1:{{context.Ports.RabbitMetrics}}'] }]
          - job_name: rabbitmq-queues
            metrics_path: /metrics/detailed
            params: { family: [queue_coarse_metrics] }
            static_configs: [{ targets: ['127.0.0.1:{{context.Ports.RabbitMetrics}}'] }]

        """;

    private async Task WaitUntilReadyAsync(ProcessRef process, CancellationToken cancellationToken)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(2) };
        var clock = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                using HttpResponseMessage answer = await client.GetAsync(new Uri(Url, "/-/ready"), cancellationToken);
                if (answer.IsSuccessStatusCode) return;
            }
            catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            if (!process.IsAlive || clock.Elapsed > ReadyAtMost) throw new ToolException("Prometheus is not ready", context.Home.LogOf(Name));
            await Task.Delay(PollInterval, cancellationToken);
        }
    }
}
