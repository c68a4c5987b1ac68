using System.Text.Json;
using Rsvp.Cli.Instances;
using Rsvp.Cli.Processes;
using Rsvp.Cli.Servers;

namespace Rsvp.Cli.Tests.Instances;

public sealed class InstanceFilesTests : IDisposable
{
    private readonly RsvpHome _home = new(Directory.CreateTempSubdirectory("rsvp-cli-").FullName, RsvpHome.FindRoot());

    public void Dispose() => Directory.Delete(_home.Path, recursive: true);

    [Fact]
    public void The_run_file_has_the_names_that_other_tools_read()
    {
        JsonFile.Write(_home.RunFile, new RunFile
        {
            ApiUrl = "http://127.0.0.1:8080",
            NotifierUrl = "http://127.0.0.1:8081",
            Postgres = "postgresql://rsvp_owner:secret@127.0.0.1:8090/rsvp",
            PostgresAuditor = "postgresql://rsvp_auditor:secret@127.0.0.1:8090/rsvp",
            Rabbitmq = "amqp://rsvp:secret@127.0.0.1:8091/",
            RabbitmqManagement = "http://rsvp:secret@127.0.0.1:8092",
            Metrics = [new MetricsUrl("api-1", "http://127.0.0.1:8100/metrics")],
            Jwt = new JwtSettings("issuer", "audience", "key"),
            Processes = [new RunningProcess("api-1", 42)],
        });

        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(_home.RunFile));
        JsonElement root = document.RootElement;
        Assert.Equal(
            ["apiUrl", "notifierUrl", "disposable", "postgres", "postgresAuditor", "rabbitmq", "rabbitmqManagement", "metrics", "jwt", "processes"],
            root.EnumerateObject().Select(property => property.Name));
        Assert.Equal(["name", "url"], root.GetProperty("metrics")[0].EnumerateObject().Select(property => property.Name));
        Assert.Equal(["issuer", "audience", "key"], root.GetProperty("jwt").EnumerateObject().Select(property => property.Name));
        Assert.Equal("""{"name":"api-1","pid":42}""", JsonSerializer.Serialize(root.GetProperty("processes")[0]));
    }

    [Fact]
    public void Secrets_are_made_once_and_only_their_owner_can_read_them()
    {
        var made = Secrets.LoadOrCreate(_home);

        Assert.Equal(made, Secrets.LoadOrCreate(_home));
        Assert.True(made.JwtKey.Length >= 32);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_home.SecretsFile));
    }

    [Fact]
    public void Broker_users_are_hashed_once_so_that_nothing_is_imported_again()
    {
        var secrets = Secrets.LoadOrCreate(_home);
        string folder = _home.In("definitions");

        RabbitFiles.WriteDefinitions(_home, secrets, PartitionTopology.Default, folder);
        string first = File.ReadAllText(Path.Combine(folder, "20-users.json"));
        RabbitFiles.WriteDefinitions(_home, secrets, PartitionTopology.Default, folder);

        Assert.Equal(first, File.ReadAllText(Path.Combine(folder, "20-users.json")));
        Assert.DoesNotContain(secrets.RabbitAdmin, first, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(folder, "10-topology.json")));
    }

    [Theory]
    [InlineData(1, 4, 4)]
    [InlineData(1, 16, 16)]
    [InlineData(2, 16, 0)]
    public void The_broker_is_given_the_partitions_that_there_are(int version, int count, int expected)
    {
        string folder = _home.In("definitions");

        RabbitFiles.WriteDefinitions(_home, Secrets.LoadOrCreate(_home), new PartitionTopology(version, count), folder);

        JsonElement topology = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "10-topology.json"))).RootElement;
        Assert.Equal(expected, CountOf("exchanges", "name"));
        Assert.Equal(expected, CountOf("queues", "name"));
        Assert.Equal(2 * expected, CountOf("bindings", "destination"));
        Assert.Contains("rsvp.dead", topology.GetProperty("queues").EnumerateArray().Select(queue => queue.GetProperty("name").GetString()));

        int CountOf(string kind, string name) =>
            topology.GetProperty(kind).EnumerateArray().Count(one => one.GetProperty(name).GetString()!.StartsWith("rsvp.partition.", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_broker_user_of_a_service_has_rights_and_only_the_administrator_has_all()
    {
        string folder = _home.In("definitions");

        RabbitFiles.WriteDefinitions(_home, Secrets.LoadOrCreate(_home), PartitionTopology.Default, folder);

        JsonElement[] permissions =
        [
            .. Directory.GetFiles(folder).Order(StringComparer.Ordinal)
                .Select(file => JsonDocument.Parse(File.ReadAllText(file)).RootElement)
                .Where(file => file.TryGetProperty("permissions", out _))
                .SelectMany(file => file.GetProperty("permissions").EnumerateArray()),
        ];
        Assert.Equal([RabbitServer.Admin, .. RabbitFiles.Services], permissions.Select(permission => permission.GetProperty("user").GetString()));
        Assert.Equal(
            [RabbitServer.Admin],
            permissions.Where(permission => permission.EnumerateObject().Any(right => right.Value.GetString() == ".*")).Select(permission => permission.GetProperty("user").GetString()));
    }

    [Fact]
    public void What_was_started_is_found_again_and_what_has_ended_is_not()
    {
        var own = ProcessRef.Capture("self", Environment.ProcessId)!;
        var state = new InstanceState { PortBase = 9000 };
        state.Record(own);
        state.Record(own with { Name = "reused-pid", StartedAt = own.StartedAt - 1 });
        state.Save(_home);

        var loaded = InstanceState.Load(_home);

        Assert.Equal(own, loaded.Alive("self"));
        Assert.Null(loaded.Alive("reused-pid"));
        Assert.Equal(9000, loaded.PortBase);
    }
}
