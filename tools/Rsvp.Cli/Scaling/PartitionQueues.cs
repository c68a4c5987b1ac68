using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;
using Rsvp.Cli.Instances;
using Rsvp.Hosting.Messaging;
using Rsvp.Hosting.Partitions;

namespace Rsvp.Cli.Scaling;

/// <summary>The queues of the partitions, as a tool that empties them sees them.</summary>
internal sealed class PartitionQueues : IAsyncDisposable
{
    // An answer is best effort: one that was lost is asked for again.
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(5);

    private readonly IConnection _connection;

    private PartitionQueues(IConnection connection) => _connection = connection;

    internal static async Task<PartitionQueues> OpenAsync(string url, CancellationToken cancellationToken) =>
        new(await new ConnectionFactory { Uri = new Uri(url), ClientProvidedName = "rsvp-cli" }.CreateConnectionAsync(cancellationToken));

    /// <summary>Messages that wait in the queues of a topology and that nobody was delivered; queues that are gone have none.</summary>
    internal async Task<long> CountAsync(PartitionTopology topology, CancellationToken cancellationToken)
    {
        long count = 0;
        for (int partition = 0; partition < topology.Count; partition++)
        {
            await using IChannel channel = await ChannelAsync(cancellationToken);
            count += await CountAsync(channel, Topology.PartitionQueue(topology.Version, partition), cancellationToken);
        }

        return count;
    }

    /// <summary>Waits until workers have decided all that is in the queues of a topology now: an empty batch behind it is answered when its turn has come.</summary>
    internal async Task DecidedAsync(PartitionTopology topology, CancellationToken cancellationToken)
    {
        await using IChannel channel = await ChannelAsync(cancellationToken);
        string answers = (await channel.QueueDeclareAsync(cancellationToken: cancellationToken)).QueueName;
        await channel.QueueBindAsync(answers, Topology.OutcomesExchange, answers, cancellationToken: cancellationToken);
        var answered = Channel.CreateUnbounded<Guid>();
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += async (_, delivery) =>
        {
            JsonNode envelope = JsonNode.Parse(delivery.Body.Span)!;
            await answered.Writer.WriteAsync(envelope["message"]!["batchId"]!.GetValue<Guid>(), CancellationToken.None);
        };
        await channel.BasicConsumeAsync(answers, autoAck: true, consumer, cancellationToken);

        var asked = Enumerable.Range(0, topology.Count).ToDictionary(_ => Guid.NewGuid(), partition => partition);
        while (asked.Count > 0)
        {
            foreach ((Guid batchId, int partition) in asked) await AskAsync(channel, topology, partition, batchId, answers, cancellationToken);
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            patience.CancelAfter(AskAgainAfter);
            try
            {
                while (asked.Count > 0) asked.Remove(await answered.Reader.ReadAsync(patience.Token));
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // A long queue, or a lost answer.
            }
        }
    }

    /// <summary>Moves what is left in the queues of a topology that nobody consumes any more; in order, and acknowledged when the broker has it in its new place.</summary>
    /// <returns>How many messages.</returns>
    internal async Task<int> MoveAsync(PartitionTopology from, PartitionTopology to, CancellationToken cancellationToken)
    {
        int moved = 0;
        for (int partition = 0; partition < from.Count; partition++)
        {
            await using IChannel channel = await ChannelAsync(cancellationToken);
            string queue = Topology.PartitionQueue(from.Version, partition);
            uint count = await CountAsync(channel, queue, cancellationToken);
            if (count == 0) continue;

            var deliveries = Channel.CreateUnbounded<(ulong Tag, byte[] Body, BasicProperties Properties)>();
            var consumer = new AsyncEventingBasicConsumer(channel);
            consumer.ReceivedAsync += async (_, delivery) => await deliveries.Writer.WriteAsync(
                (delivery.DeliveryTag, delivery.Body.ToArray(), new BasicProperties(delivery.BasicProperties)), CancellationToken.None);
            await channel.BasicQosAsync(0, prefetchCount: 1, global: false, cancellationToken);
            await channel.BasicConsumeAsync(queue, autoAck: false, consumer, cancellationToken);
            for (uint number = 0; number < count; number++, moved++)
            {
                var (tag, body, properties) = await deliveries.Reader.ReadAsync(cancellationToken);
                foreach ((string key, byte[] part) in Split(body, to))
                {
                    await channel.BasicPublishAsync(Topology.CommandsExchange, key, mandatory: true, properties, part, cancellationToken);
                }

                await channel.BasicAckAsync(tag, multiple: false, cancellationToken);
            }
        }

        return moved;
    }

    /// <summary>A batch as it is, or one batch for each of the partitions that its activities now belong to; in each the order stays.</summary>
    internal static IEnumerable<(string RoutingKey, byte[] Body)> Split(byte[] body, PartitionTopology to)
    {
        JsonNode envelope = JsonNode.Parse(body)!;
        JsonNode[] commands = [.. envelope["message"]!["commands"]!.AsArray().OfType<JsonNode>()];
        foreach (var part in commands.GroupBy(command => Partitioner.PartitionOf(command["activityId"]!.GetValue<Guid>(), to.Count)))
        {
            JsonNode copy = envelope.DeepClone();
            copy["message"]!["partition"] = part.Key;
            copy["message"]!["commands"] = new JsonArray([.. part.Select(command => command.DeepClone())]);
            yield return (Topology.PartitionKey(to.Version, part.Key), JsonSerializer.SerializeToUtf8Bytes(copy));
        }
    }

    public async ValueTask DisposeAsync() => await _connection.DisposeAsync();

    private static async Task AskAsync(
        IChannel channel, PartitionTopology topology, int partition, Guid batchId, string answers, CancellationToken cancellationToken)
    {
        var envelope = new
        {
            messageId = Guid.NewGuid(),
            messageType = new[] { "urn:message:Rsvp.Contracts:CommandBatch" },
            message = new { batchId, partition, replyTo = answers, commands = Array.Empty<object>() },
        };
        var properties = new BasicProperties { ContentType = "application/vnd.masstransit+json", Persistent = true };
        try
        {
            await channel.BasicPublishAsync(
                Topology.CommandsExchange,
                Topology.PartitionKey(topology.Version, partition),
                mandatory: true,
                properties,
                JsonSerializer.SerializeToUtf8Bytes(envelope),
                cancellationToken);
        }
        catch (PublishException exception) when (!exception.IsReturn)
        {
            // The queue is full; asked again when there is room.
        }
    }

    private static async Task<uint> CountAsync(IChannel channel, string queue, CancellationToken cancellationToken)
    {
        try
        {
            return (await channel.QueueDeclarePassiveAsync(queue, cancellationToken)).MessageCount;
        }
        catch (OperationInterruptedException exception) when (exception.ShutdownReason?.ReplyCode == 404)
        {
            return 0;
        }
    }

    private Task<IChannel> ChannelAsync(CancellationToken cancellationToken) => _connection.CreateChannelAsync(
        new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), cancellationToken);
}
