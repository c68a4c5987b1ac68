using System.Text.Json;
using RabbitMQ.Client;
using Rsvp.Contracts;
using Rsvp.EndToEnd.Tests.Systems;
using Rsvp.Hosting.Json;
using Rsvp.Hosting.Messaging;
using Rsvp.Hosting.Partitions;

namespace Rsvp.EndToEnd.Tests.DeadLetters;

/// <summary>Puts messages into the system's queues, past the API.</summary>
internal static class BrokerHand
{
    private static readonly string[] BatchType = ["urn:message:Rsvp.Contracts:CommandBatch"];

    /// <summary>Puts commands about one activity into its partition's queue, in one message.</summary>
    public static Task SendAsync(SystemFixture system, params Command[] commands) => PublishAsync(system, QueueOf(system, commands[0]), Batch(system, commands), headers: null);

    /// <summary>Puts commands about one activity among the dead letters, as if their partition had faulted on them.</summary>
    /// <returns>The letter's id.</returns>
    public static Task<string> BuryAsync(SystemFixture system, params Command[] commands) => PublishAsync(
        system,
        Topology.DeadLetterQueue,
        Batch(system, commands),
        new Dictionary<string, object?> { ["MT-Fault-Message"] = "A test.", ["MT-Fault-InputAddress"] = $"rabbitmq://127.0.0.1/{QueueOf(system, commands[0])}" });

    public static Command Ask(Guid activityId, string name, Func<Command, Command> withBody) => withBody(new Command
    {
        RequestId = Guid.NewGuid(),
        Name = name,
        ActivityId = activityId,
        Caller = new Caller { UserId = Guid.NewGuid() },
        SubmittedAt = TimeProvider.System.GetUtcNow(),
    });

    public static Command Submit(Guid activityId) => Ask(activityId, CommandNames.SubmitRsvp, command => command with { SubmitRsvp = new SubmitRsvp { GuestCount = 0 } });

    private static async Task<string> PublishAsync(SystemFixture system, string queue, byte[] body, Dictionary<string, object?>? headers)
    {
        var id = Guid.NewGuid().ToString();
        await using var connection = await new ConnectionFactory { Uri = new Uri(system.Run.Rabbitmq) }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true));
        var properties = new BasicProperties { MessageId = id, ContentType = "application/vnd.masstransit+json", DeliveryMode = DeliveryModes.Persistent, Headers = headers };
        await channel.BasicPublishAsync("", queue, mandatory: true, properties, body);
        return id;
    }

    private static string QueueOf(SystemFixture system, Command command) =>
        Topology.PartitionQueue(system.Instance.State.Partitions.Version, PartitionOf(system, command));

    private static int PartitionOf(SystemFixture system, Command command) => Partitioner.PartitionOf(command.ActivityId, system.Instance.State.Partitions.Count);

    private static byte[] Batch(SystemFixture system, Command[] commands)
    {
        var batch = new CommandBatch { BatchId = Guid.NewGuid(), Partition = PartitionOf(system, commands[0]), Commands = commands };
        return JsonSerializer.SerializeToUtf8Bytes(new
        {
            messageType = BatchType,
            message = JsonSerializer.SerializeToElement(batch, OutcomeJson.Default.CommandBatch),
        });
    }
}
