using System.Text.RegularExpressions;
using Rsvp.Testing;

namespace Rsvp.Hosting.Tests.Containers;

/// <summary>What the containers may do, read from the files that make them.</summary>
public sealed partial class ContainerTests
{
    private static readonly string[] Ours = ["migrate", "worker", "notifier", "api"];

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

    [Fact]
    public async Task Our_containers_have_no_capabilities_and_write_nowhere()
    {
        var compose = await File.ReadAllTextAsync(Repository.PathOf("docker-compose.yml"));
        var shared = Section(compose, "x-service");
        foreach (var name in Ours)
        {
            var service = Section(compose, "  " + name);
            var settings = service.Contains("<<: *service", StringComparison.Ordinal) ? shared + service : service;

            Assert.Contains("read_only: true", settings, StringComparison.Ordinal);
            Assert.Contains("cap_drop: [ALL]", settings, StringComparison.Ordinal);
            Assert.Contains("no-new-privileges:true", settings, StringComparison.Ordinal);
            Assert.DoesNotContain("privileged:", settings, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Every_secret_comes_from_the_environment_and_has_no_default()
    {
        var compose = await File.ReadAllTextAsync(Repository.PathOf("docker-compose.yml"));

        var secrets = Secret().Matches(compose);

        Assert.True(secrets.Count > 10);
        Assert.All(secrets, secret => Assert.Contains("${RSVP_", secret.Value, StringComparison.Ordinal));
        Assert.DoesNotMatch(@"(PASSWORD|KEY)(_\w+)?:?-[^}]", compose);
    }

    private static string Section(string compose, string name)
    {
        var indent = name.Length - name.TrimStart().Length;
        return Regex.Match(compose, $@"^{name}:.*\n(?:(?: {{{indent + 1},}}.*)?\n)*", RegexOptions.Multiline).Value;
    }

    // Where a password or a key is set or part of a connection string.
    [GeneratedRegex(@"(Password=|PASSWORD: |Key: |amqp://\w+:).*")]
    private static partial Regex Secret();
}
