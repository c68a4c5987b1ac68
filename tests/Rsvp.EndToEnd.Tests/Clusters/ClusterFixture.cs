using System.Globalization;
using Npgsql;
using Rsvp.Cli.Instances;
using Rsvp.Cli.Processes;
using Rsvp.Cli.Servers;
using Rsvp.Hosting.Auth;
using Rsvp.Hosting.Database;
using Rsvp.Testing;

namespace Rsvp.EndToEnd.Tests.Clusters;

/// <summary>A system on three RabbitMQ nodes and two PostgreSQL servers, of which the second is a synchronous standby.</summary>
public sealed class ClusterFixture : IAsyncLifetime
{
    // Behind the ports of the system that the other tests share; each node has a plan of its own.
    private const int PortOffset = 100;
    private const string StandbyName = "standby";

    private static readonly TimeSpan StartDeadline = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan ToolAtMost = TimeSpan.FromMinutes(1);

    private readonly List<LocalRabbit> _nodes = [];
    private Instance? _instance;
    private LocalPostgres? _standby;
    private NpgsqlDataSource? _database;

    internal Instance Instance => _instance ?? throw new InvalidOperationException("The system was not started.");

    /// <summary>The three brokers, the instance's own first.</summary>
    internal IReadOnlyList<LocalRabbit> Nodes => _nodes;

    /// <summary>Whichever server takes writes.</summary>
    internal NpgsqlDataSource Database => _database ?? throw new InvalidOperationException("The system was not started.");

    internal LocalPostgres Standby => _standby ?? throw new InvalidOperationException("The system was not started.");

    internal TokenFactory Tokens => RunFile.Load(Instance.Home).Jwt.Tokens(TimeProvider.System);

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        using var deadline = new CancellationTokenSource(StartDeadline);
        _instance = Instance.Open(HomeOf("cluster"), TestServers.PortBase + PortOffset, _ => { }, build: false, PartitionTopology.Default);
        _instance.Settings["RabbitMq__HeartbeatSeconds"] = "2";
        _instance.Settings["Balancing__Interval"] = "00:00:00.500";
        _instance.Settings["Balancing__SettleTime"] = "00:00:01";
        _instance.Settings["Balancing__Patience"] = "00:00:01";
        await _instance.StartServersAsync(deadline.Token);
        await Task.WhenAll(FormClusterAsync(deadline.Token), FollowAsync(deadline.Token));
        await _instance.StartAsync(new ServiceCounts(), deadline.Token);
        _database = PostgresExtensions.CreatePlainDataSource(
            PostgresExtensions.SeekPrimary(_instance.Postgres.ServiceKeywords(PostgresServer.Owner, _instance.Secrets.PostgresOwner)));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_database is not null)
        {
            await _database.DisposeAsync();
        }

        if (_instance is not null)
        {
            await _instance.StopAsync(CancellationToken.None);
            await Task.WhenAll(_nodes.Skip(1).Select(node => node.StopAsync(CancellationToken.None)));
            if (_standby is not null)
            {
                await _standby.StopAsync(CancellationToken.None);
            }

            _instance.Dispose();
        }
    }

    /// <summary>Waits until the second server has everything that the first one commits, before the commit returns.</summary>
    internal Task IsSynchronousAsync() => Eventually.HoldsAsync(
        async () => await AskAsync(Instance.Postgres.SuperuserKeywords, "SELECT sync_state FROM pg_stat_replication WHERE application_name = 'standby'") is "sync",
        "the standby is synchronous",
        TimeSpan.FromSeconds(60));

    /// <summary>One value, as the superuser of one of the servers.</summary>
    internal static async Task<object?> AskAsync(string keywords, string sql)
    {
        await using var connection = new NpgsqlConnection(keywords + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    private static RsvpHome HomeOf(string name) => new(Path.Combine(TestServers.Home, name), RsvpHome.FindRoot());

    private ServerContext Server(string name, int number)
    {
        var home = HomeOf(string.Create(CultureInfo.InvariantCulture, $"cluster-{name}-{number}"));
        Directory.CreateDirectory(home.Path);
        var ports = new PortPlan(Instance.Ports.Base + (number * PortOffset));
        return new ServerContext(home, ports, Instance.Secrets, new InstanceState { PortBase = ports.Base }, _ => { });
    }

    private async Task FormClusterAsync(CancellationToken cancellationToken)
    {
        var first = Assert.IsType<LocalRabbit>(Instance.Rabbit);
        var script = LocalRabbit.FindScript()!;
        LocalRabbit[] others = [.. Enumerable.Range(2, 2).Select(number => new LocalRabbit(Server("rabbitmq", number), script, first, number))];
        _nodes.AddRange([first, .. others]);
        await Task.WhenAll(others.Select(async node =>
        {
            await node.StartAsync(cancellationToken);
            await node.WaitUntilReadyAsync(cancellationToken);
        }));
        foreach (var node in others)
        {
            await node.JoinAsync(cancellationToken);
        }

        first.Others = others;
    }

    /// <summary>Makes the second server a copy of the first that follows it.</summary>
    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        var context = Server("postgres", 1);
        var binaries = LocalPostgres.FindBinaries(Instance.Home.In("postgres", "data"))!;
        var folder = context.Home.In("postgres");
        Directory.CreateDirectory(folder);
        var user = await UnprivilegedUser.ForFolderAsync(folder, cancellationToken);
        var first = Instance.Postgres.Address;
        var source = string.Create(
            CultureInfo.InvariantCulture, $"host={first.Host} port={first.Port} user={first.Superuser} password={first.Password} application_name={StandbyName}");
        var (fileName, arguments) = UnprivilegedUser.Wrap(
            user, Path.Combine(binaries, "pg_basebackup"), "-D", Path.Combine(folder, "data"), "-R", "-X", "stream", "-c", "fast", "-d", source);
        var copied = await Shell.RunAsync(fileName, arguments, ToolAtMost, workingDirectory: "/", cancellationToken: cancellationToken);
        Assert.True(copied.Ok, copied.Output);
        _standby = new LocalPostgres(context, binaries);
        await _standby.StartAsync(cancellationToken);
        await AskAsync(Instance.Postgres.SuperuserKeywords, $"ALTER SYSTEM SET synchronous_standby_names = 'FIRST 1 ({StandbyName})'");
        await AskAsync(Instance.Postgres.SuperuserKeywords, "SELECT pg_reload_conf()");
        await IsSynchronousAsync();
        Instance.Postgres.Standby = _standby.Address;
    }
}

/// <summary>After all others: it needs the machine for itself.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ClusterCollection : ICollectionFixture<ClusterFixture>
{
    public const string Name = "cluster";
}
