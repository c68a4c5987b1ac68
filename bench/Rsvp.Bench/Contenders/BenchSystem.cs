using System.Diagnostics;
using Npgsql;
using Rsvp.Bench.Load;
using Rsvp.Bench.Network;
using Rsvp.Cli;
using Rsvp.Cli.Instances;
using Rsvp.Cli.Storm;
using Rsvp.Hosting.Partitions;
using Rsvp.Worker.Audit;

namespace Rsvp.Bench.Contenders;

/// <summary>A system of its own, and beside it, on the same PostgreSQL server, the designs that it is compared with.</summary>
internal sealed class BenchSystem : IAsyncDisposable
{
    // Beside a system that "up" started and beside those of tests and soaks.
    private const int DefaultPortBase = 30080;

    // Three in a row begin with three different ones, backwards and forwards.
    private static readonly int[][] Orders = [[0, 1, 2], [1, 2, 0], [2, 0, 1], [0, 2, 1], [1, 0, 2], [2, 1, 0]];

    // Of both rivals with their largest pools, and the services.
    private const int PostgresConnectionsMax = 400;

    // Ids are drawn until one falls into the partition that is wanted.
    private const int DrawsMax = 500;

    private static readonly TimeSpan RestAtMost = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(500);

    // Heartbeats, sweeps and the standing audit of a system that nobody asks anything.
    private const double IdleCpuMax = 0.25;

    private readonly Instance _instance;
    private readonly DelayProxy? _proxy;
    private readonly List<RivalProcess> _rivals = [];
    private readonly HttpClient _metrics = new();
    private int _turn;

    private BenchSystem(Instance instance, DelayProxy? proxy)
    {
        _instance = instance;
        _proxy = proxy;
        Run = RunFile.Load(instance.Home);
        Client = new StormClient(Run, TimeProvider.System);
        Ours = new Contender(Contender.OursName, "Rsvp", new Uri(Run.ApiUrl), NpgsqlDataSource.Create(Run.AuditorKeywords()), 12_000);
    }

    internal RunFile Run { get; private set; }

    internal Instance Instance => _instance;

    internal StormClient Client { get; }

    internal Contender Ours { get; }

    internal IReadOnlyList<RivalProcess> Rivals => _rivals;

    internal IEnumerable<Contender> Contenders => [Ours, .. _rivals.Select(rival => rival.Contender)];

    /// <summary>
    /// All, in another order each time, and how many connections to PostgreSQL the pool of each has; 0 for ours. Of six times each of the six orders
    /// comes once: what a round leaves behind for the next one is not always left for the same.
    /// </summary>
    internal IEnumerable<(Contender Contender, int PoolSize)> InTurn()
    {
        (Contender, int)[] all = [(Ours, 0), .. _rivals.Select(rival => (rival.Contender, rival.PoolSize))];
        return Orders[_turn++ % Orders.Length].Select(index => all[index]);
    }

    /// <summary>Everything whose CPU and memory is looked at.</summary>
    internal IEnumerable<RunningProcess> Processes => [.. Run.Processes, .. _rivals.Select(rival => new RunningProcess(rival.Contender.Name, rival.Pid)), .. Others];

    /// <summary>What is measured and is neither part of the system nor a rival.</summary>
    internal List<RunningProcess> Others { get; } = [];

    /// <param name="settings">Of every service, beyond what they have by themselves.</param>
    /// <param name="counts">How many of each.</param>
    /// <param name="roundTrip">Added to each round trip to PostgreSQL by a proxy; null: there is none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    internal static async Task<BenchSystem> StartAsync(
        IReadOnlyDictionary<string, string> settings, ServiceCounts counts, TimeSpan? roundTrip, CancellationToken cancellationToken)
    {
        var outer = RsvpHome.FromEnvironment();
        var home = new RsvpHome(outer.In("bench", "system"), outer.Root);
        Instance instance = Instance.Open(home, RsvpHome.PortBaseFromEnvironment(DefaultPortBase), text => Console.WriteLine("  " + text));
        DelayProxy? proxy = null;
        try
        {
            await instance.StopAsync(cancellationToken);
            foreach ((string name, string value) in settings) instance.Settings[name] = value;
            await instance.FindServersAsync(cancellationToken);
            instance.Postgres.ConnectionsMax = PostgresConnectionsMax;
            if (roundTrip is { } delay)
            {
                proxy = new DelayProxy(instance.Ports.PostgresProxy, instance.Postgres.Address.Port, delay);
                instance.Postgres.PortOfServices = instance.Ports.PostgresProxy;
            }

            await instance.StartAsync(counts, cancellationToken);
            return new BenchSystem(instance, proxy);
        }
        catch
        {
            await instance.StopAsync(CancellationToken.None);
            proxy?.Dispose();
            instance.Dispose();
            throw;
        }
    }

    internal async Task StartRivalsAsync(CancellationToken cancellationToken)
    {
        _rivals.Add(await RivalProcess.StartAsync(_instance, 1, "row_lock", "SELECT … FOR UPDATE", 2_000, cancellationToken));
        _rivals.Add(await RivalProcess.StartAsync(_instance, 2, "guarded_statement", "one guarded statement", 5_000, cancellationToken));
    }

    /// <summary>Leaves the machine to ours.</summary>
    internal async Task StopRivalsAsync()
    {
        foreach (RivalProcess rival in _rivals) await rival.DisposeAsync();
        _rivals.Clear();
    }

    /// <summary>Opens an activity, by our own API, and copies it to the others.</summary>
    internal async Task<Guid> OpenAsync(int capacity, CancellationToken cancellationToken)
    {
        Guid activityId = await Client.OpenActivityAsync(
            "bench", new StormOptions { UserCount = 1, Capacity = capacity, ConnectionCount = 1 }, cancellationToken);
        foreach (RivalProcess rival in _rivals) await rival.Database.CopyAsync(Ours.Database, activityId, cancellationToken);
        return activityId;
    }

    /// <summary>Opens several.</summary>
    internal async Task<Guid[]> OpenAsync(int count, int capacity, CancellationToken cancellationToken)
    {
        var activities = new Guid[count];
        for (int index = 0; index < count; index++) activities[index] = await OpenAsync(capacity, cancellationToken);
        return activities;
    }

    /// <summary>Opens an activity in the partition of another one, or in any other.</summary>
    internal async Task<Guid> OpenBesideAsync(Guid other, bool samePartition, int capacity, CancellationToken cancellationToken)
    {
        int partitionCount = _instance.State.Partitions.Count;
        for (int draw = 0; draw < DrawsMax; draw++)
        {
            Guid activityId = await OpenAsync(capacity, cancellationToken);
            bool isSame = Partitioner.PartitionOf(activityId, partitionCount) == Partitioner.PartitionOf(other, partitionCount);
            if (isSame == samePartition) return activityId;
        }

        throw new ToolException($"none of {DrawsMax} activities fell into the partition that was wanted");
    }

    /// <summary>Of all APIs, since they started.</summary>
    internal async Task<BatchCount> CountBatchesAsync(CancellationToken cancellationToken)
    {
        var count = default(BatchCount);
        foreach (MetricsUrl metrics in Run.Metrics.Where(metrics => metrics.Name.StartsWith("api-", StringComparison.Ordinal)))
        {
            count += BatchCount.Read(await _metrics.GetStringAsync(new Uri(metrics.Url), cancellationToken));
        }

        return count;
    }

    /// <summary>Waits until what follows from earlier rounds is done, vacuuming too, and has the server write its pages, so that no round pays for another.</summary>
    internal async Task RestAsync(CancellationToken cancellationToken)
    {
        await AuditRunner.SettleAsync(Ours.Database, RestAtMost, cancellationToken);
        await using var superuser = NpgsqlDataSource.Create(_instance.Postgres.SuperuserKeywords + ";Pooling=false");
        await using NpgsqlCommand checkpoint = superuser.CreateCommand("CHECKPOINT");
        await checkpoint.ExecuteNonQueryAsync(cancellationToken);
        await using NpgsqlCommand vacuums = superuser.CreateCommand("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'autovacuum worker'");
        bool isVacuuming;
        var clock = Stopwatch.StartNew();
        double used;
        do
        {
            double before = CpuMeter.Read(Processes).Where(entry => entry.Key != "storm").Sum(entry => entry.Value);
            long from = Stopwatch.GetTimestamp();
            await Task.Delay(LookInterval, cancellationToken);
            isVacuuming = await vacuums.ExecuteScalarAsync(cancellationToken) is not 0L;
            used = (CpuMeter.Read(Processes).Where(entry => entry.Key != "storm").Sum(entry => entry.Value) - before) / Stopwatch.GetElapsedTime(from).TotalSeconds;
        }
        while ((isVacuuming || used > IdleCpuMax) && clock.Elapsed < RestAtMost);

        if (isVacuuming || used > IdleCpuMax)
        {
            Console.WriteLine($"  not at rest after {RestAtMost.TotalSeconds:0} s: {used:0.00} of a processor is in use{(isVacuuming ? ", and a vacuum runs" : "")}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        _metrics.Dispose();
        await StopRivalsAsync();
        await Ours.Database.DisposeAsync();
        try
        {
            await _instance.StopAsync(CancellationToken.None);
            _proxy?.Dispose();
            Directory.Delete(_instance.Home.Path, recursive: true);
        }
        finally
        {
            _instance.Dispose();
        }
    }
}
