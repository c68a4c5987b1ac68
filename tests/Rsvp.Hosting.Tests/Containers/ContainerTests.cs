using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Rsvp.Testing;

namespace Rsvp.Hosting.Tests.Containers;

/// <summary>What the containers may do, read from the files that make them.</summary>
public sealed partial class ContainerTests
{
    [Fact]
    public async Task No_image_of_ours_runs_as_root()
    {
        var lines = await File.ReadAllLinesAsync(Repository.PathOf("Dockerfile"));
        var users = new Dictionary<string, string>();
        var running = new List<string>();
        var stage = "";
        foreach (var words in lines.Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(words => words.Length > 1))
        {
            switch (words[0])
            {
                case "FROM":
                    stage = words[^1];
                    users[stage] = users.GetValueOrDefault(words[1], "root");
                    break;
                case "USER":
                    users[stage] = words[1];
                    break;
                case "ENTRYPOINT":
                    running.Add(stage);
                    break;
                default:
                    break;
            }
        }

        // The base images give this variable a user without rights.
        Assert.Equal(["api", "worker", "notifier"], running);
        Assert.All(running, name => Assert.Equal("$APP_UID", users[name]));
    }

    [Theory]
    [InlineData("docker-compose.yml", 8)]
    [InlineData("docker-compose.yml:docker-compose.scaled.yml", 12)]
    public async Task Containers_have_no_capabilities_write_nowhere_and_have_limits(string files, int count)
    {
        var composes = await Task.WhenAll(files.Split(':').Select(file => File.ReadAllTextAsync(Repository.PathOf(file))));
        var names = files.Split(':').SelectMany(ServicesOf).Distinct().ToList();

        Assert.Equal(count, names.Count);
        foreach (var name in names)
        {
            var settings = Merged(composes, name);

            Assert.Contains("read_only: true", settings, StringComparison.Ordinal);
            Assert.Contains("cap_drop: [ALL]", settings, StringComparison.Ordinal);
            Assert.Contains("no-new-privileges:true", settings, StringComparison.Ordinal);
            Assert.Contains("max-size: ", settings, StringComparison.Ordinal);
            Assert.Matches("limits: { cpus: .+, memory: .+, pids: .+ }", settings);

            // A later file may say less than the first.
            Assert.All(Limits().Matches(settings), limits => Assert.Matches("{ cpus: .+, memory: .+, pids: .+ }", limits.Value));
            Assert.DoesNotMatch("privileged:|cap_add:|read_only: false|network_mode|pid: host|docker.sock|unconfined", settings);
            Assert.DoesNotMatch("(read_only|cap_drop|security_opt|tmpfs|logging|user|deploy|resources|limits): *!", settings);
            Assert.DoesNotMatch("user: [\"']?(root|0)", settings);

            // The images of others run as root unless told.
            if (!settings.Contains("image: rsvp-", StringComparison.Ordinal))
            {
                Assert.Matches("user: (postgres|rabbitmq|nobody|haproxy)\\n", settings);
            }
        }
    }

    [Fact]
    public void Only_the_containers_that_the_tests_know_are_in_the_files()
    {
        Assert.Equal(["postgres", "rabbitmq", "migrate", "operator", "worker", "notifier", "api", "prometheus"], ServicesOf("docker-compose.yml"));
        Assert.Equal(["postgres", "rabbitmq", "rabbitmq-2", "rabbitmq-3", "worker", "notifier", "notifier-2", "api", "proxy"], ServicesOf("docker-compose.scaled.yml"));
    }

    [Fact]
    public async Task A_broker_stops_taking_messages_before_its_container_is_out_of_memory()
    {
        var script = await File.ReadAllTextAsync(Repository.PathOf("infra", "rabbitmq", "start.sh"));
        var compose = await File.ReadAllTextAsync(Repository.PathOf("docker-compose.yml"));
        var scaled = await File.ReadAllTextAsync(Repository.PathOf("docker-compose.scaled.yml"));

        var watermark = Watermark().Match(script);
        var limits = new[] { Section(compose, "  rabbitmq"), Section(scaled, "x-node") }.Select(node => int.Parse(Gigabytes().Match(node).Groups["gigabytes"].Value, CultureInfo.InvariantCulture));

        // What the script looks for is there.
        Assert.Matches(watermark.Groups["from"].Value, await File.ReadAllTextAsync(Repository.PathOf("infra", "rabbitmq", "rabbitmq.conf")));
        Assert.All(limits, limit => Assert.InRange(int.Parse(watermark.Groups["megabytes"].Value, CultureInfo.InvariantCulture), 400 * limit, 600 * limit));
    }

    [Fact]
    public async Task All_brokers_are_of_one_minor_release_which_does_not_change_by_itself()
    {
        string[][] files = [["docker-compose.yml"], ["docker-compose.scaled.yml"], ["tools", "Rsvp.Cli", "Servers", "Containers.cs"]];
        var texts = await Task.WhenAll(files.Select(file => File.ReadAllTextAsync(Repository.PathOf(file))));

        var releases = texts.Select(text => Assert.Single(BrokerImage().Matches(text)).Groups["release"].Value).ToList();

        Assert.All(releases, release => Assert.Matches(@"^\d+\.\d+$", release));
        Assert.Single(releases.Distinct());
    }

    [Fact]
    public async Task A_proxy_full_of_connections_stays_below_its_containers_limits()
    {
        var proxy = await File.ReadAllTextAsync(Repository.PathOf("infra", "proxy", "haproxy.cfg"));
        var container = Section(await File.ReadAllTextAsync(Repository.PathOf("docker-compose.scaled.yml")), "  proxy");

        var (connections, threads) = (Number(proxy, "  maxconn "), Number(proxy, "  nbthread "));

        // Two buffers of 16 KB to the client, two to the server.
        var gigabytes = int.Parse(Gigabytes().Match(container).Groups["gigabytes"].Value, CultureInfo.InvariantCulture);
        Assert.InRange(connections * 64L, 1, gigabytes * 1024L * 1024 * 3 / 4);
        Assert.InRange(threads, 1, Number(container, "pids: ") / 2);

        static int Number(string text, string name) => int.Parse(Regex.Match(text, name + @"(\d+)").Groups[1].Value, CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task The_proxy_says_by_which_scheme_and_from_where_a_client_came_whatever_the_client_says()
    {
        var proxy = Regex.Match(await File.ReadAllTextAsync(Repository.PathOf("infra", "proxy", "haproxy.cfg")), @"^frontend public\n(?:  .*\n)*", RegexOptions.Multiline).Value;

        // The API believes it: what a `bind … ssl` of the same frontend takes has to be https, or no page may connect.
        Assert.Equal(
            ["X-Forwarded-For %[src]", "X-Forwarded-Proto %[ssl_fc,iif(https,http)]"],
            proxy.Split('\n').Select(line => line.Split("  http-request set-header ")).Where(parts => parts.Length == 2).Select(parts => parts[1]));
    }

    [Fact]
    public async Task Every_secret_is_a_file_and_none_is_in_the_environment()
    {
        var compose = await File.ReadAllTextAsync(Repository.PathOf("docker-compose.yml"));
        var known = SecretFile().Matches(Section(compose, "secrets")).Select(secret => secret.Groups["name"].Value).ToList();
        var used = UsedSecrets().Matches(compose).SelectMany(list => list.Groups["names"].Value.Split(", ")).ToHashSet();

        Assert.True(known.Count > 15);
        Assert.Equal(known.Order(), used.Order());
        Assert.DoesNotMatch(@"(?m)^ +\w*(Password|PASSWORD|Key|KEY|ConnectionStrings\w+): \S", compose);
    }

    [Fact]
    public async Task The_script_makes_every_secret_and_keeps_those_that_are_there()
    {
        var compose = await File.ReadAllTextAsync(Repository.PathOf("docker-compose.yml"));
        var root = Directory.CreateTempSubdirectory("rsvp-secrets-").FullName;
        try
        {
            var script = Path.Combine(Directory.CreateDirectory(Path.Combine(root, "infra", "compose")).FullName, "make-secrets.sh");
            File.Copy(Repository.PathOf("infra", "compose", "make-secrets.sh"), script);
            await RunAsync(script);
            var first = Read(root);
            await RunAsync(script);

            Assert.Equal(SecretFile().Matches(Section(compose, "secrets")).Select(secret => secret.Groups["name"].Value).Order(), first.Keys.Order());
            Assert.All(first, secret => Assert.True(secret.Key == "smtp_password" || secret.Value.Length >= 64, secret.Key));
            Assert.Equal(first, Read(root));
            if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.Combine(root, "secrets")));
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }

        static SortedDictionary<string, string> Read(string root) =>
            new(Directory.EnumerateFiles(Path.Combine(root, "secrets")).ToDictionary(file => Path.GetFileName(file)!, File.ReadAllText));
    }

    [Fact]
    public async Task The_run_file_is_written_whole_or_not_at_all_and_for_its_owner_alone_and_says_what_tests_may_do()
    {
        var root = Directory.CreateTempSubdirectory("rsvp-run-file-").FullName;
        try
        {
            var script = Path.Combine(Directory.CreateDirectory(Path.Combine(root, "infra", "compose")).FullName, "run-file.sh");
            File.Copy(Repository.PathOf("infra", "compose", "run-file.sh"), script);
            var secrets = Directory.CreateDirectory(Path.Combine(root, "secrets")).FullName;
            foreach (var name in (string[])["postgres_owner", "rabbitmq_admin", "jwt_key"])
            {
                await File.WriteAllTextAsync(Path.Combine(secrets, name), name);
            }

            await File.WriteAllTextAsync(Path.Combine(root, ".env"), "RSVP_BIND=192.0.2.7\n");
            var file = Path.Combine(root, "run.json");
            await File.WriteAllTextAsync(file, "older");

            var withoutContainers = await ExitCodeAsync(Writing("false"));
            var misunderstood = new[] { await ExitCodeAsync(Writing("echo", "--dispose")), await ExitCodeAsync(Writing("echo", "elsewhere")) };
            var kept = await File.ReadAllTextAsync(file);
            var withThem = await ExitCodeAsync(Writing("echo"));
            using var written = JsonDocument.Parse(await File.ReadAllTextAsync(file));
            var toDispose = await ExitCodeAsync(Writing("echo", "--disposable"));
            using var disposable = JsonDocument.Parse(await File.ReadAllTextAsync(file));
            File.Delete(Path.Combine(secrets, "jwt_key"));
            var withoutSecret = await ExitCodeAsync(Writing("echo"));

            Assert.Equal((1, 0, 0, 1), (withoutContainers, withThem, toDispose, withoutSecret));
            Assert.Equal([2, 2], misunderstood);
            Assert.Equal("older", kept);
            Assert.Equal((false, true), (written.RootElement.GetProperty("disposable").GetBoolean(), disposable.RootElement.GetProperty("disposable").GetBoolean()));
            Assert.Equal("http://192.0.2.7:8080", written.RootElement.GetProperty("apiUrl").GetString());
            Assert.Equal("jwt_key", written.RootElement.GetProperty("jwt").GetProperty("key").GetString());
            Assert.Equal([file], Directory.EnumerateFiles(root, "run.json*"));
            if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));

            // In place of docker: one that fails, or one that has an answer.
            ProcessStartInfo Writing(string docker, params string[] more) => new("bash", [script, root, .. more]) { Environment = { ["DOCKER"] = docker, ["RSVP_BIND"] = "" } };
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static async Task RunAsync(string script) => Assert.Equal(0, await ExitCodeAsync(new ProcessStartInfo("bash", [script])));

    private static async Task<int> ExitCodeAsync(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        using var process = Process.Start(start)!;
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    private static List<string> ServicesOf(string file) =>
        [.. ServiceName().Matches(Section(File.ReadAllText(Repository.PathOf(file)), "services")).Select(name => name.Groups["name"].Value)];

    /// <summary>What the files together say of a service, with what it takes from others.</summary>
    private static string Merged(string[] composes, string name) => string.Concat(composes.Select(compose =>
    {
        var settings = WithAnchors(compose, Section(Section(compose, "services"), "  " + name));
        return Extended().Match(settings) is { Success: true } extended ? Merged(composes[..1], extended.Groups["name"].Value) + settings : settings;
    }));

    /// <summary>A section with what it takes from others: <c>&lt;&lt;: *name</c>, and theirs.</summary>
    private static string WithAnchors(string compose, string section) => section + string.Concat(
        Taken().Matches(section).Select(anchor => WithAnchors(compose, Section(compose, "x-" + anchor.Groups["name"].Value))));

    private static string Section(string compose, string name)
    {
        var indent = name.Length - name.TrimStart().Length;
        return Regex.Match(compose, $@"^{name}:.*\n(?:(?: {{{indent + 1},}}.*)?\n)*", RegexOptions.Multiline).Value;
    }

    [GeneratedRegex(@"^  (?<name>[a-z_]+): \{ file: secrets/\k<name> \}", RegexOptions.Multiline)]
    private static partial Regex SecretFile();

    [GeneratedRegex(@"(secrets: \[|source: )(?<names>[a-z_, ]+)[\],]")]
    private static partial Regex UsedSecrets();

    [GeneratedRegex(@"^  (?<name>[a-z][a-z0-9-]*):", RegexOptions.Multiline)]
    private static partial Regex ServiceName();

    [GeneratedRegex(@"sed 's/\^(?<from>vm_memory_high_watermark\\\.relative = \.\*)/vm_memory_high_watermark\.absolute = (?<megabytes>\d+)MB/' /rsvp/rabbitmq\.conf")]
    private static partial Regex Watermark();

    [GeneratedRegex(@"rabbitmq:(?<release>[\d.]+)-management")]
    private static partial Regex BrokerImage();

    [GeneratedRegex("^ +limits:.*", RegexOptions.Multiline)]
    private static partial Regex Limits();

    [GeneratedRegex(@"extends: \{ file: docker-compose\.yml, service: (?<name>[a-z-]+) \}")]
    private static partial Regex Extended();

    [GeneratedRegex(@"memory: (?<gigabytes>\d+)G,")]
    private static partial Regex Gigabytes();

    [GeneratedRegex(@"(<<|deploy): \*(?<name>[a-z]+)")]
    private static partial Regex Taken();
}
