using Rsvp.Cli;
using Rsvp.Cli.Instances;
using Rsvp.Cli.Processes;

namespace Rsvp.Bench.Contenders;

/// <summary>A synchronous design in a process and with a database of its own.</summary>
internal sealed class RivalProcess : IAsyncDisposable
{
    private static readonly TimeSpan ReadyAtMost = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(10);
    private readonly ProcessRef _process;
    private readonly HttpClient _client;

    private RivalProcess(ProcessRef process, Contender contender, RivalDatabase database)
    {
        _process = process;
        Contender = contender;
        Database = database;
        _client = new HttpClient { BaseAddress = contender.Url };
    }

    internal Contender Contender { get; }

    internal RivalDatabase Database { get; }

    internal int Pid => _process.Pid;

    /// <summary>The size of its pool in use.</summary>
    internal int PoolSize { get; private set; }

    internal static async Task<RivalProcess> StartAsync(
        Instance instance, int number, string name, string title, int rateMax, CancellationToken cancellationToken)
    {
        RivalDatabase database = await RivalDatabase.CreateAsync(instance, "rsvp_" + name, cancellationToken);
        int port = instance.Ports.Rival(number);
        string folder = instance.Home.InRoot("bench", "Rsvp.Bench.Rivals", "bin", "Release", "net10.0");
        ProcessRef process = Launcher.Start(new LaunchSpec
        {
            Name = name,
            FileName = Executables.Dotnet,
            Arguments = [Path.Combine(folder, "Rsvp.Bench.Rivals.dll")],
            Environment = new Dictionary<string, string>
            {
                ["DOTNET_ENVIRONMENT"] = "Development",
                ["ASPNETCORE_ENVIRONMENT"] = "Development",
                ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port}",
                ["ConnectionStrings__Postgres"] = database.WorkerKeywords,
                ["Jwt__Issuer"] = ServiceEnvironment.Issuer,
                ["Jwt__Audience"] = ServiceEnvironment.Audience,
                ["Jwt__Key"] = instance.Secrets.JwtKey,
                ["Rival__Design"] = name,
            },
            WorkingDirectory = folder,
            LogFile = instance.Home.LogOf(name),
            Ports = [port],
        });
        var rival = new RivalProcess(process, new Contender(name, title, new Uri($"http://127.0.0.1:{port}"), database.Reader, rateMax), database);
        await rival.WaitUntilReadyAsync(instance.Home.LogOf(name), cancellationToken);
        return rival;
    }

    internal async Task ResizePoolAsync(int size, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await _client.PutAsync(new Uri($"/pool/{size}", UriKind.Relative), null, cancellationToken);
        response.EnsureSuccessStatusCode();
        PoolSize = size;
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _process.StopAsync(Signal.Terminate, StopPatience, CancellationToken.None);
        await Database.DisposeAsync();
    }

    private async Task WaitUntilReadyAsync(string log, CancellationToken cancellationToken)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        while (true)
        {
            try
            {
                using HttpResponseMessage response = await _client.GetAsync(new Uri("/health/live", UriKind.Relative), cancellationToken);
                if (response.IsSuccessStatusCode) return;
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }

            if (!_process.IsAlive || clock.Elapsed > ReadyAtMost) throw new ToolException($"{Contender.Name} does not start", log);
            await Task.Delay(PollInterval, cancellationToken);
        }
    }
}
