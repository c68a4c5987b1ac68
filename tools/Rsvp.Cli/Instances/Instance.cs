using Rsvp.Cli.Observing;
using Rsvp.Cli.Processes;
using Rsvp.Cli.Servers;

namespace Rsvp.Cli.Instances;

/// <summary>
/// One whole system on this machine: its servers and its services. Everything it starts outlives this object; everything it knows is
/// in its home, so that another process can stop it.
/// </summary>
internal sealed class Instance : IDisposable
{
    private static readonly TimeSpan ReadyAtMost = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(25);

    private readonly ServerContext _context;
    private readonly FileStream _lock;
    private PostgresServer? _postgres;
    private RabbitServer? _rabbit;

    private Instance(ServerContext context, FileStream homeLock)
    {
        _context = context;
        _lock = homeLock;
    }

    internal RsvpHome Home => _context.Home;

    internal PortPlan Ports => _context.Ports;

    internal Secrets Secrets => _context.Secrets;

    internal InstanceState State => _context.State;

    internal LocalPrometheus Prometheus => new(_context);

    internal PostgresServer Postgres => _postgres ?? throw new InvalidOperationException("the servers were not started");

    internal RabbitServer Rabbit => _rabbit ?? throw new InvalidOperationException("the servers were not started");

    /// <summary>Further settings for every service, such as <c>Partitions__Count</c>.</summary>
    internal Dictionary<string, string> Settings { get; } = [];

    /// <summary>False when the services were built by the caller.</summary>
    internal bool Build { get; init; } = true;

    /// <summary>What runs now.</summary>
    internal ServiceCounts Counts
    {
        get
        {
            Service[] services = [.. State.Processes.Where(process => process.IsAlive).Select(process => Service.ByName(Ports, process.Name)).OfType<Service>()];
            return new ServiceCounts(services.Count(service => service.IsWorker), services.Count(service => service.IsApi), services.Count(service => service.IsNotifier));
        }
    }

    /// <summary>Opens an instance for changes; nobody else can at the same time.</summary>
    /// <param name="home">Where it is.</param>
    /// <param name="portBase">Its first port.</param>
    /// <param name="say">Says what happens.</param>
    /// <param name="build">False when the services were built by the caller.</param>
    /// <param name="partitions">What a new one begins with; null: what suits this machine, or, where somebody else runs the servers, what is known there.</param>
    /// <exception cref="ToolException">It runs on other ports, or somebody else has it open.</exception>
    internal static Instance Open(RsvpHome home, int portBase, Action<string> say, bool build = true, PartitionTopology? partitions = null)
    {
        Directory.CreateDirectory(home.Path);
        FileStream homeLock;
        try
        {
            homeLock = new FileStream(home.In("lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            throw new ToolException($"another ./rsvp is changing {home.Path} now");
        }

        InstanceState state = InstanceState.Load(home);
        bool runs = state.Processes.Any(process => process.IsAlive) || state.Containers.Count > 0;
        if (runs && state.PortBase != portBase)
        {
            homeLock.Dispose();
            throw new ToolException($"it runs already, with RSVP_PORT_BASE={state.PortBase}: use that, or ./rsvp down first");
        }

        if (!File.Exists(home.StateFile)) state.Partitions = partitions ?? (ServerFinder.AreExternal ? PartitionTopology.Default : PartitionTopology.OfThisMachine);
        state.PortBase = portBase;
        var context = new ServerContext(home, new PortPlan(portBase), Secrets.LoadOrCreate(home), state, say);
        return new Instance(context, homeLock) { Build = build };
    }

    public void Dispose() => _lock.Dispose();

    /// <summary>Servers, build, migrations, services: whatever of it is missing. Returns the names of what was started.</summary>
    internal async Task<IReadOnlyList<string>> StartAsync(ServiceCounts counts, CancellationToken cancellationToken)
    {
        if (counts.Apis > 1 && !OperatingSystem.IsLinux()) throw new ToolException("several APIs on one port need Linux: put a load balancer in front of them instead");

        var before = State.Processes.Where(process => process.IsAlive).Select(process => process.Name).ToHashSet();
        string application = await BuildBesideServersAsync(cancellationToken);

        IReadOnlyList<Service> services = Service.All(Ports, counts);
        Service[] missing = [.. services.Where(service => State.Alive(service.Name) is null)];
        if (missing.Length > 0)
        {
            await MigrateAsync(application, cancellationToken);
            foreach (Service service in missing) StartService(service, application);
        }

        foreach (string name in services.Select(service => service.Name).Where(name => State.Applications.GetValueOrDefault(name) != application))
        {
            _context.Say($"{name} still runs an older build: ./rsvp down and up changes that");
        }

        await Task.WhenAll(services.Select(service => WaitUntilReadyAsync(service.Name, cancellationToken)));
        await TellOfNotifiersAsync(application, cancellationToken);
        ServiceBuild.RemoveUnused(Home, [application, .. State.Applications.Values]);
        WriteRunFile();
        return [.. State.Processes.Select(process => process.Name).Where(name => !before.Contains(name))];
    }

    /// <summary>Starts the missing workers, or stops the last ones in good order.</summary>
    /// <returns>The names of what was started, and of what was stopped.</returns>
    internal async Task<(IReadOnlyList<string> Started, IReadOnlyList<string> Stopped)> ScaleWorkersAsync(int count, CancellationToken cancellationToken)
    {
        ServiceCounts counts = Counts;
        if (counts.Apis == 0) throw new ToolException("nothing is running here: ./rsvp up -d starts it");

        IReadOnlyList<string> started = await StartAsync(counts with { Workers = count, Notifiers = Math.Max(1, counts.Notifiers) }, cancellationToken);
        Service[] surplus =
        [
            .. State.Processes.Select(process => Service.ByName(Ports, process.Name)).OfType<Service>()
                .Where(service => service.IsWorker && service.Number > count).OrderByDescending(service => service.Number),
        ];
        foreach (Service service in surplus) await StopAsync([service.Name], cancellationToken);
        WriteRunFile();
        return (started, [.. surplus.Select(service => service.Name)]);
    }

    /// <summary>APIs hear of notifiers when they start, so those that know others than there are start again, one after another.</summary>
    private async Task TellOfNotifiersAsync(string application, CancellationToken cancellationToken)
    {
        string urls = ServiceEnvironment.NotifierUrls(_context);
        foreach (ProcessRef process in State.Processes.Where(process => process.IsAlive && State.Notifiers.GetValueOrDefault(process.Name, urls) != urls).ToArray())
        {
            _context.Say($"{process.Name} is started again to know all notifiers");
            await StopServiceAsync(process, cancellationToken);
            StartService(Service.ByName(Ports, process.Name)!, application);
            await WaitUntilReadyAsync(process.Name, cancellationToken);
        }
    }

    /// <summary>Servers mostly wait for disks while they start, so the build runs meanwhile; it ends with us when they fail.</summary>
    private async Task<string> BuildBesideServersAsync(CancellationToken cancellationToken)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<string> build = ServiceBuild.EnsureAsync(Home, Build, _context.Say, both.Token);
        try
        {
            await StartServersAsync(cancellationToken);
        }
        catch
        {
            await both.CancelAsync();
            await build.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            throw;
        }

        return await build;
    }

    /// <summary>PostgreSQL and RabbitMQ alone, ready and with the database and roles that services need.</summary>
    internal async Task StartServersAsync(CancellationToken cancellationToken)
    {
        await FindServersAsync(cancellationToken);
        if (!Postgres.IsRunning) _context.Say($"starting PostgreSQL on port {Ports.Postgres} ...");
        await Postgres.StartAsync(cancellationToken);
        if (!Rabbit.IsRunning) _context.Say($"starting RabbitMQ on port {Ports.Rabbit} ...");
        await Rabbit.StartAsync(cancellationToken);
        await Postgres.PrepareAsync(cancellationToken);
        await Rabbit.WaitUntilReadyAsync(cancellationToken);
        await Rabbit.PrepareAsync(cancellationToken);
    }

    /// <summary>Stops everything, services first. Bounded: what does not stop is killed.</summary>
    internal async Task StopAsync(CancellationToken cancellationToken)
    {
        ProcessRef[] services = [.. State.Processes.Where(process => Service.ByName(Ports, process.Name) is not null)];
        await Task.WhenAll(services.Select(service => StopServiceAsync(service, cancellationToken)));
        foreach (ProcessRef service in services) State.Forget(service.Name);
        await Prometheus.StopAsync(cancellationToken);

        if (State.Processes.Count > 0 || State.Containers.Count > 0)
        {
            await FindServersAsync(cancellationToken);
            await Task.WhenAll(Postgres.StopAsync(cancellationToken), Rabbit.StopAsync(cancellationToken));
        }

        State.Applications.Clear();
        State.Notifiers.Clear();
        State.Topologies.Clear();
        _context.SaveState();
        File.Delete(Home.RunFile);
    }

    /// <summary>Keeps what was changed in <see cref="State"/>.</summary>
    internal void Save() => _context.SaveState();

    /// <summary>Starts a Prometheus that watches the system.</summary>
    internal async Task ObserveAsync(int scrapeInterval, string? rules, CancellationToken cancellationToken)
    {
        await Prometheus.StartAsync(scrapeInterval, rules, cancellationToken);
        WriteRunFile();
    }

    /// <summary>Sends a signal to one process by its name in <c>run.json</c>.</summary>
    internal void Send(string name, Signal signal) =>
        (State.Alive(name) ?? throw new ToolException($"{name} does not run")).Send(signal);

    /// <summary>Kills one process at once, as a crash would, and waits until it is gone.</summary>
    internal async Task KillAsync(string name, CancellationToken cancellationToken)
    {
        ProcessRef process = State.Alive(name) ?? throw new ToolException($"{name} does not run");
        process.Send(Signal.Kill);
        await process.WaitForExitAsync(TimeSpan.FromSeconds(10), cancellationToken);
    }

    /// <summary>Stops some services together, in good order.</summary>
    internal async Task StopAsync(IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        await Task.WhenAll(names.Select(State.Alive).OfType<ProcessRef>().Select(process => StopServiceAsync(process, cancellationToken)));
        foreach (string name in names) State.Forget(name);
        _context.SaveState();
    }

    /// <summary>Stops one service, or one server, in good order.</summary>
    internal async Task StopAsync(string name, CancellationToken cancellationToken)
    {
        switch (name)
        {
            case PostgresServer.Name:
                await Postgres.StopAsync(cancellationToken);
                break;
            case RabbitServer.Name:
                await Rabbit.StopAsync(cancellationToken);
                break;
            default:
                await StopServiceAsync(State.Alive(name) ?? throw new ToolException($"{name} does not run"), cancellationToken);
                State.Forget(name);
                _context.SaveState();
                break;
        }
    }

    /// <summary>Starts one service or server again and waits until it is ready.</summary>
    internal Task StartAsync(string name, CancellationToken cancellationToken) => StartAsync(name, State.Partitions, cancellationToken);

    /// <summary>The same, a service with other partitions than the instance has.</summary>
    internal async Task StartAsync(string name, PartitionTopology partitions, CancellationToken cancellationToken)
    {
        switch (name)
        {
            case PostgresServer.Name:
                await Postgres.StartAsync(cancellationToken);
                await Postgres.PrepareAsync(cancellationToken);
                break;
            case RabbitServer.Name:
                await Rabbit.StartAsync(cancellationToken);
                await Rabbit.WaitUntilReadyAsync(cancellationToken);
                break;
            default:
                Service service = Service.ByName(Ports, name) ?? throw new ToolException($"there is no service {name}");
                if (State.Alive(name) is null)
                {
                    StartService(service, await ServiceBuild.EnsureAsync(Home, Build, _context.Say, cancellationToken), partitions);
                }

                await WaitUntilReadyAsync(name, cancellationToken);
                break;
        }

        WriteRunFile();
    }

    internal Task WaitUntilReadyAsync(string name, CancellationToken cancellationToken)
    {
        Service service = Service.ByName(Ports, name) ?? throw new ToolException($"there is no service {name}");
        ProcessRef process = State.Alive(name) ?? throw new ToolException($"{name} ended", Home.LogOf(name));
        return HealthProbe.WaitUntilReadyAsync(service, process, ReadyAtMost, Home.LogOf(name), cancellationToken);
    }

    /// <summary>Finds the servers of a system that runs.</summary>
    internal async Task FindServersAsync(CancellationToken cancellationToken)
    {
        if (_postgres is null || _rabbit is null) (_postgres, _rabbit) = await ServerFinder.FindAsync(_context, cancellationToken);
    }

    private async Task MigrateAsync(string application, CancellationToken cancellationToken)
    {
        _context.Say("migrating the database ...");
        Service worker = Service.Worker(Ports, 1);
        string log = Home.LogOf("migrate");
        ShellResult result = await Shell.RunAsync(
            Executables.Dotnet,
            [AssemblyPath(worker, application), "migrate"],
            TimeSpan.FromMinutes(5),
            EnvironmentOf(worker),
            Path.GetDirectoryName(AssemblyPath(worker, application)),
            log,
            cancellationToken: cancellationToken);
        if (!result.Ok) throw new ToolException("the database could not be migrated", log);
    }

    private void StartService(Service service, string application, PartitionTopology? partitions = null)
    {
        _context.Say($"starting {service.Name} on port {service.Port} ...");
        ProcessRef process = Launcher.Start(new LaunchSpec
        {
            Name = service.Name,
            FileName = Executables.Dotnet,
            Arguments = [AssemblyPath(service, application)],
            Environment = EnvironmentOf(service, partitions),
            WorkingDirectory = Path.GetDirectoryName(AssemblyPath(service, application))!,
            LogFile = Home.LogOf(service.Name),
            Ports = IsShared(service) ? [service.ManagementPort] : [service.Port, service.ManagementPort],
        });
        State.Record(process);
        State.Topologies[service.Name] = (partitions ?? State.Partitions).Version;
        if (service.IsApi) State.Notifiers[service.Name] = ServiceEnvironment.NotifierUrls(_context);
        State.Applications[service.Name] = application;
        _context.SaveState();
    }

    /// <summary>Whether another of our own APIs has the public port already.</summary>
    private bool IsShared(Service service) =>
        service.IsApi && State.Processes.Any(process => process.Name != service.Name && process.IsAlive && Service.ByName(Ports, process.Name) is { IsApi: true });

    private async Task StopServiceAsync(ProcessRef process, CancellationToken cancellationToken)
    {
        if (!await process.StopAsync(Signal.Terminate, StopPatience, cancellationToken))
        {
            _context.Say($"{process.Name} did not stop within {StopPatience.TotalSeconds:0} s and was killed");
        }
    }

    private Dictionary<string, string> EnvironmentOf(Service service, PartitionTopology? partitions = null)
    {
        Dictionary<string, string> environment = ServiceEnvironment.For(service, _context, Postgres, Rabbit, partitions ?? State.Partitions);
        foreach ((string name, string value) in Settings) environment[name] = value;
        return environment;
    }

    private string AssemblyPath(Service service, string application) =>
        Path.Combine(Home.Applications, application, service.Assembly, service.Assembly + ".dll");

    private void WriteRunFile()
    {
        Service[] services = [.. State.Processes.Where(process => process.IsAlive).Select(process => Service.ByName(Ports, process.Name)).OfType<Service>()];
        List<RunningProcess> processes = [.. services.Select(service => new RunningProcess(service.Name, State.Alive(service.Name)!.Pid))];
        if (Postgres.Pid is { } postgres) processes.Add(new RunningProcess(PostgresServer.Name, postgres));
        if (Rabbit.Pid is { } rabbit) processes.Add(new RunningProcess(RabbitServer.Name, rabbit));
        if (State.Alive(LocalPrometheus.Name) is { } prometheus) processes.Add(new RunningProcess(LocalPrometheus.Name, prometheus.Pid));
        Prometheus.WriteTargets(State.Processes.Select(process => Service.ByName(Ports, process.Name)).OfType<Service>());

        JsonFile.Write(Home.RunFile, new RunFile
        {
            Disposable = true,
            ApiUrl = Service.Api(Ports).Url,
            NotifierUrl = Service.Notifier(Ports).Url,
            Postgres = Postgres.Address.Url(PostgresServer.Owner, Secrets.PostgresOwner),
            PostgresAuditor = Postgres.Address.Url(PostgresServer.Auditor, Secrets.PostgresAuditor),
            Rabbitmq = Rabbit.Address.Url(Rabbit.Address.Admin, Rabbit.Address.Password),
            RabbitmqManagement = Rabbit.Address.ManagementUrl,
            Prometheus = Prometheus.IsRunning ? Prometheus.Url.ToString() : null,
            Metrics = [.. services.OrderBy(service => service.Name, StringComparer.Ordinal).Select(service => new MetricsUrl(service.Name, service.MetricsUrl))],
            Jwt = new JwtSettings(ServiceEnvironment.Issuer, ServiceEnvironment.Audience, Secrets.JwtKey),
            Processes = [.. processes.OrderBy(process => process.Name, StringComparer.Ordinal)],
        });
    }
}
