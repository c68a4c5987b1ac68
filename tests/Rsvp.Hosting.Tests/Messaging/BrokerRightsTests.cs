using System.Text.Json;
using System.Text.RegularExpressions;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Rsvp.Testing;

namespace Rsvp.Hosting.Tests.Messaging;

/// <summary>What the services' broker users may do, tried on a broker that has everything the services declare, and compared with docs/security.md.</summary>
public sealed partial class BrokerRightsTests
{
    private static readonly string[] Services = ["rsvp_api", "rsvp_worker", "rsvp_notifier"];
    private static readonly string[] Instances = ["rsvp.api.0123456789abcdef0123456789abcdef", "rsvp.notifier.0123456789abcdef0123456789abcdef"];

    [Fact]
    public async Task Every_service_may_do_what_the_table_of_broker_rights_says_and_nothing_else()
    {
        await using var broker = await TestBroker.CreateAsync();
        var names = await DeclareAsync(broker);
        var found = new List<string>();
        var rights = new Dictionary<string, Dictionary<string, string>>();
        foreach (var service in Services)
        {
            rights[service] = await TryAllAsync(await broker.UrlOfAsync(service), names, OwnQueue(service));
        }

        foreach (var name in names)
        {
            found.Add($"| {Shown(name)} |{string.Concat(Services.Select(service => rights[service][name] is { Length: > 0 } allowed ? $" {allowed} |" : " |"))}");
        }

        var difference = await SecurityPage.DifferenceAsync("name on the broker", [.. found.Distinct()]);
        Assert.True(difference is null, difference);
    }

    // What refuses above is the user's rights: an administrator on the same virtual host is refused nothing.
    [Fact]
    public async Task An_administrator_is_refused_nothing()
    {
        await using var broker = await TestBroker.CreateAsync();
        var names = await DeclareAsync(broker);

        var rights = await TryAllAsync(broker.Url, names, Instances[0]);

        Assert.All(names.Where(name => name.Length > 0), name => Assert.Equal("declare, write, read", rights[name]));
        Assert.Equal("write", rights[""]);
    }

    private static string Shown(string name) => name.Length == 0
        ? "the default exchange"
        : $"`{InstanceId().Replace(Number().Replace(name, ".*"), ".*")}`";

    private static string OwnQueue(string service) => service switch
    {
        "rsvp_api" => Instances[0],
        "rsvp_notifier" => Instances[1],
        _ => "rsvp.promotion.v1",
    };

    /// <summary>Makes everything that the shipped definitions name, and the queues of an API and of a notifier.</summary>
    private static async Task<IReadOnlyList<string>> DeclareAsync(TestBroker broker)
    {
        using var shipped = JsonDocument.Parse(await File.ReadAllTextAsync(Repository.PathOf("infra", "rabbitmq", "definitions.json")));
        string[] names =
        [
            .. shipped.RootElement.GetProperty("exchanges").EnumerateArray().Select(exchange => exchange.GetProperty("name").GetString()!),
            .. Instances,
        ];
        HashSet<string> queues = [.. shipped.RootElement.GetProperty("queues").EnumerateArray().Select(queue => queue.GetProperty("name").GetString()!), .. Instances];
        await using var connection = await ConnectAsync(broker.Url);
        await using var channel = await connection.CreateChannelAsync();
        foreach (var name in names)
        {
            await channel.ExchangeDeclareAsync(name, ExchangeType.Fanout);
        }

        foreach (var name in queues)
        {
            Assert.Contains(name, names);
            await channel.QueueDeclareAsync(name, durable: true, exclusive: false, autoDelete: false);
        }

        return ["", .. names];
    }

    private static async Task<Dictionary<string, string>> TryAllAsync(string url, IReadOnlyList<string> names, string ownQueue)
    {
        var rights = new Dictionary<string, string>();
        await using var connection = await ConnectAsync(url);
        foreach (var name in names)
        {
            var allowed = new List<string>();
            if (name.Length > 0 && await MayAsync(connection, channel => channel.ExchangeDeclareAsync(name, ExchangeType.Fanout)))
            {
                allowed.Add("declare");
            }

            if (await MayAsync(connection, channel => channel.BasicPublishAsync(name, "rsvp.partition.v1.000", "x"u8.ToArray()).AsTask()))
            {
                allowed.Add("write");
            }

            // Whoever may bind a queue of theirs to an exchange reads it; a queue of the same name is under the same right.
            if (name.Length > 0 && await MayAsync(connection, channel => channel.QueueBindAsync(ownQueue, name, "")))
            {
                allowed.Add("read");
            }

            rights[name] = string.Join(", ", allowed);
        }

        return rights;
    }

    private static async Task<bool> MayAsync(IConnection connection, Func<IChannel, Task> act)
    {
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        try
        {
            await act(channel);
            return true;
        }
        catch (Exception refused) when (refused is OperationInterruptedException or PublishException && channel.CloseReason?.ReplyCode == Constants.AccessRefused)
        {
            return false;
        }
    }

    private static Task<IConnection> ConnectAsync(string url) => new ConnectionFactory { Uri = new Uri(url) }.CreateConnectionAsync();

    [GeneratedRegex(@"\.\d{3}$")]
    private static partial Regex Number();

    [GeneratedRegex(@"\.[0-9a-f]{32}$")]
    private static partial Regex InstanceId();
}
