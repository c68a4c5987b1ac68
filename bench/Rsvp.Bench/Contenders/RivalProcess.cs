using Rsvp.Cli.Instances;

namespace Rsvp.Bench.Contenders;

/// <summary>A synchronous design in a process and with a database of its own.</summary>
internal sealed class RivalProcess : IAsyncDisposable
{
    private readonly ServerProcess _server;

    private RivalProcess(ServerProcess server, Contender contender, RivalDatabase database) => (_server, Contender, Database) = (server, contender, database);

    internal Contender Contender { get; }

    internal RivalDatabase Database { get; }

    internal int Pid => _server.Pid;

    /// <summary>The size of its pool in use.</summary>
    internal int PoolSize { get; private set; }

    internal static async Task<RivalProcess> StartAsync(
        Instance instance, int number, string name, string title, int rateMax, CancellationToken cancellationToken)
    {
        RivalDatabase database = await RivalDatabase.CreateAsync(instance, "rsvp_" + name, cancellationToken);
        var environment = new Dictionary<string, string> { ["ConnectionStrings__Postgres"] = database.WorkerKeywords, ["Rival__Design"] = name };
        ServerProcess server = await ServerProcess.StartAsync(instance, "Rsvp.Bench.Rivals", name, instance.Ports.Rival(number), environment, cancellationToken);
        return new RivalProcess(server, new Contender(name, title, server.Url, database.Reader, rateMax), database);
    }

    internal async Task ResizePoolAsync(int size, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await _server.Client.PutAsync(new Uri($"/pool/{size}", UriKind.Relative), null, cancellationToken);
        response.EnsureSuccessStatusCode();
        PoolSize = size;
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await Database.DisposeAsync();
    }
}
