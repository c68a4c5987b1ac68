using System.Diagnostics;
using Rsvp.Cli;
using Rsvp.Cli.Instances;
using Rsvp.Cli.Processes;

namespace Rsvp.Bench.Contenders;

/// <summary>A project of the benchmarks that serves HTTP in a process of its own.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan ReadyAtMost = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(10);
    private readonly ProcessRef _process;

    private ServerProcess(ProcessRef process, Uri url)
    {
        _process = process;
        Url = url;
        Client = new HttpClient { BaseAddress = url };
    }

    internal Uri Url { get; }

    internal HttpClient Client { get; }

    internal int Pid => _process.Pid;

    /// <param name="instance">Whose tokens it takes, and where its log goes.</param>
    /// <param name="project">Its folder and its assembly.</param>
    /// <param name="name">Its name in the logs.</param>
    /// <param name="port">Where it listens.</param>
    /// <param name="environment">What it is told beyond that.</param>
    /// <param name="cancellationToken">Gives up.</param>
    internal static async Task<ServerProcess> StartAsync(
        Instance instance, string project, string name, int port, IReadOnlyDictionary<string, string> environment, CancellationToken cancellationToken)
    {
        string folder = instance.Home.InRoot("bench", project, "bin", "Release", "net10.0");
        var url = new Uri($"http://127.0.0.1:{port}");
        ProcessRef process = Launcher.Start(new LaunchSpec
        {
            Name = name,
            FileName = Executables.Dotnet,
            Arguments = [Path.Combine(folder, project + ".dll")],
            Environment = new Dictionary<string, string>(environment)
            {
                ["DOTNET_ENVIRONMENT"] = "Development",
                ["ASPNETCORE_ENVIRONMENT"] = "Development",
                ["ASPNETCORE_URLS"] = url.OriginalString,
                ["Jwt__Issuer"] = ServiceEnvironment.Issuer,
                ["Jwt__Audience"] = ServiceEnvironment.Audience,
                ["Jwt__Key"] = instance.Secrets.JwtKey,
            },
            WorkingDirectory = folder,
            LogFile = instance.Home.LogOf(name),
            Ports = [port],
        });
        var server = new ServerProcess(process, url);
        try
        {
            await server.WaitUntilReadyAsync(name, instance.Home.LogOf(name), cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _process.StopAsync(Signal.Terminate, StopPatience, CancellationToken.None);
    }

    private async Task WaitUntilReadyAsync(string name, string log, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                using HttpResponseMessage response = await Client.GetAsync(new Uri("/health/live", UriKind.Relative), cancellationToken);
                if (response.IsSuccessStatusCode) return;
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }

            if (!_process.IsAlive || clock.Elapsed > ReadyAtMost) throw new ToolException($"{name} does not start", log);
            await Task.Delay(PollInterval, cancellationToken);
        }
    }
}
