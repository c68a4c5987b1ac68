using System.Globalization;
using System.Net;
using Npgsql;
using Rsvp.Cli.Instances;
using Rsvp.Hosting.Auth;
using Rsvp.Testing;
using Rsvp.Worker.Audit;

namespace Rsvp.EndToEnd.Tests.Systems;

/// <summary>One whole system of real processes, shared by the tests of the collection, which run one after the other.</summary>
public sealed class SystemFixture : IAsyncLifetime
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromMinutes(4);

    // The last port of the instance's plan, which none of its processes has.
    private const int MailPortOffset = 59;

    private const string FailPointSetting = "RSVP_FAILPOINT";

    // The folder with the run.json of a system that runs already, such as one of containers.
    private const string GivenVariable = "RSVP_TEST_SYSTEM";

    private static readonly string? Given = Environment.GetEnvironmentVariable(GivenVariable);

    private Instance? _instance;
    private MailServer? _mail;
    private NpgsqlDataSource? _database;
    private TokenFactory? _tokens;
    private OtlpReceiver? _otlp;
    private readonly Dictionary<Guid, (long LogSeq, long Version)> _audited = [];

    /// <summary>False: the system was there before the tests, and stays.</summary>
    internal static bool IsOwn => Given is null;

    /// <summary>The system's own processes. A system that was given has none that a test may touch: a test that asks for them skips itself.</summary>
    internal Instance Instance => Own(_instance);

    /// <summary>Where its <c>run.json</c> is.</summary>
    internal RsvpHome Home { get; } = new(Given ?? Path.Combine(TestServers.Home, "e2e"), RsvpHome.FindRoot());

    internal NpgsqlDataSource Database => _database ?? throw new InvalidOperationException("The system was not started.");

    /// <summary>As it is now: the processes change when one is started again.</summary>
    internal RunFile Run => RunFile.Load(Home);

    /// <summary>The system's mail server, which is dead until a test lets it listen.</summary>
    internal MailServer Mail => Own(_mail);

    /// <summary>Where the services export to.</summary>
    internal OtlpReceiver Otlp => Own(_otlp);

    /// <summary>A client of the public origin; its connections are its own.</summary>
    internal HttpClient Http { get; private set; } = null!;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        if (IsOwn)
        {
            await StartAsync();
        }

        var run = Run;
        _database = NpgsqlDataSource.Create(run.OwnerKeywords());
        _tokens = run.Jwt.Tokens(TimeProvider.System);
        Http = NewClient();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_database is not null)
            {
                await AuditEverythingAsync();
            }
        }
        finally
        {
            await StopAsync();
        }
    }

    /// <summary>Skips the test on a system that was given, whose processes are not known, and where what only development has or allows (people, rushes, offers of seconds, webhooks to this machine) is not there.</summary>
    internal static void NeedsOwn() => Assert.SkipUnless(IsOwn, "It needs a system of its own.");

    internal HttpClient NewClient() => new(new SocketsHttpHandler { MaxConnectionsPerServer = 1000, UseProxy = false })
    {
        BaseAddress = new Uri(Run.ApiUrl),
        Timeout = TimeSpan.FromSeconds(60),
    };

    /// <summary>Starts <c>./rsvp</c> with these arguments.</summary>
    internal ToolProcess StartTool(params IEnumerable<string> arguments) => new(this, arguments);

    /// <summary>Starts a service that dies at a fail point.</summary>
    internal Task StartArmedAsync(string service, string failPoint) => StartWithAsync(service, (FailPointSetting, failPoint));

    /// <summary>Starts one service with settings that the others do not have.</summary>
    internal async Task StartWithAsync(string service, params (string Name, string Value)[] settings)
    {
        var before = new Dictionary<string, string>(Instance.Settings);
        foreach (var (name, value) in settings)
        {
            Instance.Settings[name] = value;
        }

        try
        {
            await Instance.StartAsync(service, CancellationToken.None);
        }
        finally
        {
            Instance.Settings.Clear();
            foreach (var (name, value) in before)
            {
                Instance.Settings.Add(name, value);
            }
        }
    }

    /// <summary>Starts <c>./rsvp</c> to die at a fail point.</summary>
    internal ToolProcess StartArmedTool(string failPoint, params IEnumerable<string> arguments) => new(this, arguments, failPoint);

    internal Person NewPerson(string? role = null, string? email = null, string name = "Ada")
    {
        var id = Guid.NewGuid();
        return new Person(id, _tokens!.Create(id, TimeSpan.FromHours(1), name: name, email: email, role: role), this);
    }

    /// <summary>Waits until nothing is in flight any more, and audits the activities about which something was decided since the last time; the rest is audited when the system stops.</summary>
    internal async Task AssertAuditIsCleanAsync()
    {
        await Eventually.HoldsAsync(
            async () =>
            {
                await using var command = Database.CreateCommand(
                    """
                    SELECT NOT EXISTS (SELECT FROM outbox) AND NOT EXISTS (SELECT FROM activities WHERE vacant_since IS NOT NULL)
                       AND NOT EXISTS (SELECT FROM promotion_sagas WHERE current_state = 'Passing')
                    """);
                return await command.ExecuteScalarAsync() is true;
            },
            "everything committed was told and every vacancy was served",
            TimeSpan.FromSeconds(60));
        var states = await ReadStatesAsync();
        Guid[] changed = [.. states.Where(state => !_audited.TryGetValue(state.Key, out var seen) || seen != state.Value).Select(state => state.Key)];
        var report = await new Auditor(Database).RunAsync(new AuditOptions { Activities = changed });
        Assert.True(report.IsClean, report.ToString());
        foreach (var activity in changed)
        {
            _audited[activity] = states[activity];
        }
    }

    /// <summary>Waits for the outcome of every request that a client was told is accepted, compares it with what the client was told, and lets the auditor look: each has one, and none is lost.</summary>
    internal async Task AssertJournalAsync(Guid activity, IEnumerable<(Person Person, Answer Answer)> journal)
    {
        var accepted = journal.Where(entry => entry.Answer.Status is HttpStatusCode.Created or HttpStatusCode.OK or HttpStatusCode.Accepted).ToList();
        Assert.NotEmpty(accepted);
        foreach (var (person, answer) in accepted)
        {
            var stored = await Eventually.ReturnsAsync(
                async () => await person.GetAsync($"/api/requests/{answer.RequestId}") is var request && request.Body.GetProperty("status").GetString() == "completed" ? request : null,
                "an accepted request has its outcome",
                TimeSpan.FromSeconds(60));
            Assert.True(answer.RsvpStatus is null || answer.RsvpStatus == stored.RsvpStatus, $"{answer.RequestId} was said to be {answer.RsvpStatus} and is stored as {stored.RsvpStatus}.");
        }

        var options = new AuditOptions { Activities = [activity], Journal = [.. accepted.Select(entry => Guid.Parse(entry.Answer.RequestId))] };
        var report = await new Auditor(Database).RunAsync(options);
        Assert.True(report.IsClean, report.ToString());
    }

    private async Task<Dictionary<Guid, (long LogSeq, long Version)>> ReadStatesAsync()
    {
        await using var command = Database.CreateCommand("SELECT activity_id, log_seq, version FROM activities");
        var states = new Dictionary<Guid, (long, long)>();
        await using var row = await command.ExecuteReaderAsync();
        while (await row.ReadAsync())
        {
            states.Add(row.GetGuid(0), (row.GetInt64(1), row.GetInt64(2)));
        }

        return states;
    }

    private async Task StartAsync()
    {
        using var deadline = new CancellationTokenSource(StartDeadline);
        _instance = Instance.Open(Home, TestServers.PortBase, _ => { }, build: false, PartitionTopology.Default);
        _mail = new MailServer(TestServers.PortBase + MailPortOffset);
        _instance.Settings["RabbitMq__HeartbeatSeconds"] = "2"; // A frozen process is noticed in seconds.
        _instance.Settings["Balancing__Interval"] = "00:00:00.500"; // Partitions find their owners in a test's time.
        _instance.Settings["Balancing__DeadAfter"] = "00:00:01.500";
        _instance.Settings["Balancing__SettleTime"] = "00:00:01";
        _instance.Settings["Balancing__Patience"] = "00:00:01";
        _instance.Settings["Smtp__Host"] = "127.0.0.1";
        _instance.Settings["Smtp__Port"] = _mail.Port.ToString(CultureInfo.InvariantCulture);
        _instance.Settings["Smtp__Security"] = "None";
        _instance.Settings["Smtp__From"] = "Rsvp <rsvp@example.org>";
        _instance.Settings["Notifications__PauseMax"] = "00:00:00.200"; // A dead mail server is tried again in a test's time.
        _instance.Settings["Webhooks__AllowPrivateAddresses"] = "true";
        _otlp = await OtlpReceiver.StartAsync();
        _instance.Settings["OTEL_EXPORTER_OTLP_ENDPOINT"] = _otlp.Url;
        _instance.Settings["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf";
        _instance.Settings["OTEL_BSP_SCHEDULE_DELAY"] = "200"; // A test waits for spans.
        _instance.Settings["OTEL_METRIC_EXPORT_INTERVAL"] = "5000";
        _instance.Settings["Telemetry__TraceRatio"] = "0"; // Only what a test asks for.
        _instance.Settings["DOTNET_TieredPGO"] = "0"; // Processes that live for seconds gain nothing from being compiled again and again.
        _instance.Settings["DOTNET_TC_CallCountThreshold"] = "1000";
        await _instance.StartAsync(new ServiceCounts(), deadline.Token);
    }

    private async Task StopAsync()
    {
        Http?.Dispose();
        if (_database is not null)
        {
            await _database.DisposeAsync();
        }

        if (_instance is not null)
        {
            await _instance.StopAsync(CancellationToken.None);
            _instance.Dispose();
        }

        if (_mail is not null)
        {
            await _mail.DisposeAsync();
        }

        if (_otlp is not null)
        {
            await _otlp.DisposeAsync();
        }
    }

    private static T Own<T>(T? part)
        where T : class
    {
        NeedsOwn();
        return part ?? throw new InvalidOperationException("The system was not started.");
    }

    private async Task AuditEverythingAsync()
    {
        var report = await new Auditor(Database).RunAsync(new AuditOptions { IsQuiescent = false });
        Assert.True(report.IsClean, report.ToString());
    }
}

/// <summary>The tests that share the system.</summary>
[CollectionDefinition(Name)]
public sealed class SystemCollection : ICollectionFixture<SystemFixture>
{
    public const string Name = "system";
}
