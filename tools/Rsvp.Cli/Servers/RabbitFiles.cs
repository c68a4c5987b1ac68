using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rsvp.Cli.Instances;
using Rsvp.Hosting.Messaging;

namespace Rsvp.Cli.Servers;

/// <summary>Writes the files of a private node: what <c>infra/rabbitmq</c> says, plus this instance's ports, paths and users.</summary>
internal static class RabbitFiles
{
    /// <summary>The users of the services; what each may do is in <c>infra/rabbitmq/permissions.json</c>.</summary>
    internal static readonly IReadOnlyList<string> Services = ["rsvp_api", "rsvp_worker", "rsvp_notifier"];

    internal static string Password(Secrets secrets, string user) => user switch
    {
        RabbitServer.Admin => secrets.RabbitAdmin,
        "rsvp_api" => secrets.RabbitApi,
        "rsvp_worker" => secrets.RabbitWorker,
        "rsvp_notifier" => secrets.RabbitNotifier,
        _ => throw new ArgumentOutOfRangeException(nameof(user), user, "no such broker user"),
    };

    /// <summary>The rights of the services as shipped: objects with <c>user</c>, <c>configure</c>, <c>write</c> and <c>read</c>.</summary>
    internal static IReadOnlyList<JsonElement> Permissions(RsvpHome home)
    {
        using JsonDocument shipped = JsonDocument.Parse(File.ReadAllText(home.InRoot("infra", "rabbitmq", "permissions.json")));
        return [.. shipped.RootElement.GetProperty("permissions").EnumerateArray().Select(permission => permission.Clone())];
    }

    /// <summary>Definitions are a folder, imported in the order of names: topology as shipped but for partitions that are none here, rights as shipped, and users, whose hashes are never shipped.</summary>
    internal static void WriteDefinitions(RsvpHome home, Secrets secrets, PartitionTopology partitions, string folder)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "10-topology.json"), TopologyOf(home, partitions));
        File.Copy(home.InRoot("infra", "rabbitmq", "permissions.json"), Path.Combine(folder, "30-permissions.json"), overwrite: true);

        // The hash is salted, so it is written once: a new salt at each start would be a change to import.
        string usersFile = Path.Combine(folder, "20-users.json");
        if (File.Exists(usersFile)) return;

        string[] users = [RabbitServer.Admin, .. Services];
        JsonFile.Write(usersFile, new
        {
            users = users.Select(user => new
            {
                name = user,
                password_hash = Hash(Password(secrets, user)),
                hashing_algorithm = "rabbit_password_hashing_sha256",
                tags = user == RabbitServer.Admin ? "administrator" : "",
            }),
            permissions = new[] { new { user = RabbitServer.Admin, vhost = "/", configure = ".*", write = ".*", read = ".*" } },
        });
    }

    internal static void WriteConfiguration(RsvpHome home, string file, params string[] lines)
    {
        string shared = File.ReadAllText(home.InRoot("infra", "rabbitmq", "rabbitmq.conf"));
        File.WriteAllText(file, shared + "\n# This instance.\n" + string.Join('\n', lines) + "\n");
    }

    /// <summary>The shipped topology without partitions that are none of this instance.</summary>
    private static string TopologyOf(RsvpHome home, PartitionTopology partitions)
    {
        HashSet<string> known = [.. Enumerable.Range(0, partitions.Count).Select(number => Topology.PartitionQueue(partitions.Version, number))];
        JsonNode shipped = JsonNode.Parse(File.ReadAllText(home.InRoot("infra", "rabbitmq", "definitions.json")))!;
        foreach (string kind in (string[])["exchanges", "queues", "bindings"])
        {
            shipped[kind]!.AsArray().RemoveAll(node =>
                (string)(node!["name"] ?? node["destination"])! is var name && name.StartsWith(Topology.PartitionQueuePrefix, StringComparison.Ordinal) && !known.Contains(name));
        }

        return shipped.ToJsonString();
    }

    /// <summary>RabbitMQ's own form: a salt of four bytes, then SHA-256 of salt and password.</summary>
    private static string Hash(string password)
    {
        byte[] salt = RandomNumberGenerator.GetBytes(4);
        return Convert.ToBase64String([.. salt, .. SHA256.HashData([.. salt, .. Encoding.UTF8.GetBytes(password)])]);
    }
}
