using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using Rsvp.Contracts;
using Rsvp.Hosting.Json;
using Rsvp.Hosting.Messaging;
using Rsvp.Hosting.ServiceDefaults;
using Rsvp.Testing;
using Rsvp.Worker.DeadLetters;
using Rsvp.Worker.Partitions;
using Rsvp.Worker.Promotion;
using Rsvp.Worker.Tests.Partitions;

namespace Rsvp.Worker.Tests.DeadLetters;

/// <summary>A worker of two partitions on a real database and a real broker, and a hand that puts into its queues what it likes.</summary>
public sealed class DeadWorld : IAsyncLifetime
{
    private const int PartitionCount = 2;

    private WebApplication? _worker;
    private IConnection? _connection;

    internal TestDatabase Database { get; } = new();

    internal TestBroker Broker { get; } = new();

    /// <summary>Applies commands at once, past the broker.</summary>
    internal World Past { get; private set; } = null!;

    internal IChannel Channel { get; private set; } = null!;

    internal DeadLetterDesk Desk => new(BrokerAddress.Parse(Broker.Url), Database.DataSource);

    public async ValueTask InitializeAsync()
    {
        await Database.InitializeAsync();
        await Broker.InitializeAsync();
        Past = new World(Database);
        _worker = await StartWorkerAsync();
        _connection = await new ConnectionFactory { Uri = new Uri(Broker.Url) }.CreateConnectionAsync();
        Channel = await _connection.CreateChannelAsync(new CreateChannelOptions(true, true));
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is not null)
        {
            await _connection.DisposeAsync();
        }

        if (_worker is not null)
        {
            await _worker.DisposeAsync();
        }

        await Broker.DisposeAsync();
        await Database.DisposeAsync();
    }

    /// <summary>Puts a message into a queue.</summary>
    /// <returns>Its id.</returns>
    internal async Task<string> SendAsync(string queue, ReadOnlyMemory<byte> body, string? id = null)
    {
        id ??= Guid.NewGuid().ToString();
        await Channel.BasicPublishAsync("", queue, mandatory: true, Properties(id), body);
        return id;
    }

    /// <summary>Puts a batch among the dead letters, as if the partition had faulted on it.</summary>
    /// <returns>Its id.</returns>
    internal Task<string> BuryAsync(params Command[] commands) => BuryOfAsync(Topology.PartitionQueue(1, 0), commands);

    /// <summary>As above, from a queue of the test's choice.</summary>
    internal async Task<string> BuryOfAsync(string queue, params Command[] commands)
    {
        var id = Guid.NewGuid().ToString();
        var properties = Properties(id);
        properties.Headers = new Dictionary<string, object?>
        {
            ["MT-Reason"] = "fault",
            ["MT-Fault-ExceptionType"] = "InvalidOperationException",
            ["MT-Fault-Message"] = "A test.",
            ["MT-Fault-InputAddress"] = $"rabbitmq://127.0.0.1/{Broker.VirtualHost}/{queue}",
            ["MT-Fault-Timestamp"] = "2026-11-22T12:00:00Z",
        };
        await Channel.BasicPublishAsync(Topology.DeadLetterQueue, "", mandatory: true, properties, Batch(commands));
        return id;
    }

    /// <summary>Waits until a letter lies there.</summary>
    internal Task<DeadLetter> FindAsync(string id) => Eventually.ReturnsAsync(() => LookForAsync(id), $"{id} is with the dead letters");

    /// <returns>Null when there is none.</returns>
    internal async Task<DeadLetter?> LookForAsync(string id)
    {
        DeadLetter? found = null;
        await Desk.LookAsync(letter => found ??= letter.Id == id ? letter : null, default);
        return found;
    }

    /// <summary>Waits until a request has its outcome.</summary>
    /// <returns><c>completed</c>, or the code of the refusal.</returns>
    internal Task<string> OutcomeAsync(Command command) => Eventually.ReturnsAsync(
        () => Database.ScalarAsync<string>("SELECT coalesce(code, status) FROM rsvp_requests WHERE request_id = $1", command.RequestId),
        "the request has its outcome");

    internal static byte[] Batch(params Command[] commands) => Envelope(
        nameof(CommandBatch),
        JsonSerializer.SerializeToElement(new CommandBatch { BatchId = Guid.NewGuid(), Partition = 0, Commands = commands }, ContractJson.Default.CommandBatch));

    internal static byte[] Envelope(string type, JsonElement message) =>
        JsonSerializer.SerializeToUtf8Bytes(new { messageType = new[] { $"urn:message:Rsvp.Contracts:{type}" }, message });

    private static BasicProperties Properties(string id) =>
        new() { MessageId = id, ContentType = "application/vnd.masstransit+json", DeliveryMode = DeliveryModes.Persistent };

    private async Task<WebApplication> StartWorkerAsync()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(
        [
            new("urls", "http://127.0.0.1:0"), new("ConnectionStrings:Postgres", Database.ConnectionString), new("ConnectionStrings:RabbitMq", Broker.Url),
            new("Partitions:Count", PartitionCount.ToString(null, null)),
        ]);
        builder.Logging.ClearProviders();
        builder.AddServiceDefaults();
        builder.AddWorkerPostgres();
        builder.AddPartitions();
        builder.AddPromotion();
        builder.AddOutbox();
        var worker = builder.Build();
        await worker.StartAsync();
        await Eventually.HoldsAsync(
            async () => (await worker.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Status == HealthStatus.Healthy
                && (await Broker.ListAsync("queues")).EnumerateArray().Any(queue => queue.GetProperty("name").GetString() == Topology.PromotionQueue),
            "the worker is ready");
        return worker;
    }
}
