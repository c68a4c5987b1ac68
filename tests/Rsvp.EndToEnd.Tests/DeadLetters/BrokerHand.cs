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
    public static Task SendAsync(SystemFixture system, params Command[] commands) => SendAsync(system, commands[0].ActivityId, Batch(system, commands));

    /// <summary>Puts a message, whatever it says, into the queue of an activity's partition.</summary>
    /// <returns>The message's id.</returns>
    public static Task<string> SendAsync(SystemFixture system, Guid activityId, byte[] body) => PublishAsync(system, QueueOf(system, activityId), body, headers: null);

    /// <summary>Puts commands about one activity among the dead letters, as if their partition had faulted on them.</summary>
    /// <returns>The letter's id.</returns>
    public static Task<string> BuryAsync(SystemFixture system, params Command[] commands) => PublishAsync(
        system,
        Topology.DeadLetterQueue,
        Batch(system, commands),
        new Dictionary<string, object?> { ["MT-Fault-Message"] = "A test.", ["MT-Fault-InputAddress"] = $"rabbitmq://127.0.0.1/{QueueOf(system, commands[0].ActivityId)}" });

    public static Command Ask(Guid activityId, string name, Func<Command, Command> withBody) => withBody(new Command
    {
        RequestId = Guid.NewGuid(),
        Name = name,
        ActivityId = activityId,
        Caller = new Caller { UserId = Guid.NewGuid() },
        SubmittedAt = TimeProvider.System.GetUtcNow(),
    });

    public static Command Submit(Guid activityId) => Ask(activityId, CommandNames.SubmitRsvp, command => command with { SubmitRsvp = new SubmitRsvp { GuestCount = 0 } });

    /// <summary>The message that holds commands about one activity.</summary>
    public static byte[] Batch(SystemFixture system, params Command[] commands)
    {
        var batch = new CommandBatch { BatchId = Guid.NewGuid(), Partition = PartitionOf(system, commands[0].ActivityId), Commands = commands };
        return JsonSerializer.SerializeToUtf8Bytes(new
        {
            messageType = BatchType,
            message = JsonSerializer.SerializeToElement(batch, ContractJson.Default.CommandBatch),
        });
    }

    /// <summary>The partition of an activity.</summary>
    public static int PartitionOf(SystemFixture system, Guid activityId) => Partitioner.PartitionOf(activityId, system.Instance.State.Partitions.Count);

    /// <returns>What was decided about commands, in order; empty unless everything was.</returns>
    public static async Task<string[]> OutcomesAsync(SystemFixture system, params Command[] commands)
    {
        await using var read = system.Database.CreateCommand(
            """
            SELECT coalesce(array_agg(coalesce(q.code, q.status) ORDER BY asked.at), '{}')
            FROM   unnest($1) WITH ORDINALITY AS asked (request_id, at)
            JOIN   rsvp_requests q USING (request_id)
            """);
        read.Parameters.AddWithValue(commands.Select(command => command.RequestId).ToArray());
        var outcomes = (string[])(await read.ExecuteScalarAsync())!;
        return outcomes.Length == commands.Length ? outcomes : [];
    }

    private static async Task<string> PublishAsync(SystemFixture system, string queue, byte[] body, Dictionary<string, object?>? headers)
    {
        var id = Guid.NewGuid().ToString();
        await using var connection = await new ConnectionFactory { Uri = new Uri(system.Run.Rabbitmq) }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true));
        var properties = new BasicProperties { MessageId = id, ContentType = "application/vnd.masstransit+json", DeliveryMode = DeliveryModes.Persistent, Headers = headers };
        await channel.BasicPublishAsync("", queue, mandatory: true, properties, body);
        return id;
    }

    private static string QueueOf(SystemFixture system, Guid activityId) => Topology.PartitionQueue(system.Instance.State.Partitions.Version, PartitionOf(system, activityId));
}
