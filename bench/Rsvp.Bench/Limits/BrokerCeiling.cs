using System.Diagnostics;
using System.Text.Json;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using Rsvp.Bench.Contenders;
using Rsvp.Bench.Reporting;
using Rsvp.Cli.Bench;
using Rsvp.Contracts;
using Rsvp.Hosting.Json;

namespace Rsvp.Bench.Limits;

/// <summary>How many of our messages a second the broker takes and gives in quorum queues, without HTTP and database: one after another, as a partition sends, and as many as it can.</summary>
internal sealed class BrokerCeiling(BenchSystem system, BenchOptions options, BenchResults results)
{
    // As many as there are partitions by default.
    private const int QueueCount = 4;

    // Enough that none of the queues waits for a publisher; more only wait longer.
    private const int UnderWay = 64;

    // What waits in the queues lies on the disk, and comes back within about ten seconds.
    private const long PublishedBytesMax = 512L * 1024 * 1024;

    private static readonly int[] BatchSizes = [1, 32, 512];
    private static readonly string[] Queues = [.. Enumerable.Range(0, QueueCount).Select(number => $"bench.ceiling.{number}")];

    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        await using IConnection connection = await new ConnectionFactory { Uri = new Uri(system.Run.Rabbitmq) }.CreateConnectionAsync("bench", cancellationToken);

        // Each queue has one of its own; they end with the connection.
        var channels = new IChannel[QueueCount];
        for (int number = 0; number < QueueCount; number++)
        {
            channels[number] = await connection.CreateChannelAsync(
                new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), cancellationToken);
            await channels[number].QueueDeclareAsync(
                Queues[number], durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?> { ["x-queue-type"] = "quorum" }, cancellationToken: cancellationToken);
        }

        try
        {
            for (int round = 1; round <= options.Rounds; round++)
            {
                foreach (int size in BatchSizes)
                {
                    await MeasureAsync(channels[..1], 1, size, "published until confirmed, one after another", "delivered and acknowledged from one queue", cancellationToken);
                    await MeasureAsync(
                        channels, UnderWay, size, $"published until confirmed, {UnderWay} under way over {QueueCount} queues", $"delivered and acknowledged from {QueueCount} queues at once", cancellationToken);
                }
            }
        }
        finally
        {
            foreach (string queue in Queues) await channels[0].QueueDeleteAsync(queue, cancellationToken: CancellationToken.None);
        }
    }

    private async Task MeasureAsync(IChannel[] channels, int underWay, int size, string publishing, string delivering, CancellationToken cancellationToken)
    {
        await system.RestAsync(cancellationToken);
        (int count, double published) = await PublishAsync(channels, underWay, size, cancellationToken);
        Add(publishing, size, published);
        Add(delivering, size, await DeliverAsync(channels, count, cancellationToken));
    }

    private async Task<(int Count, double PerSecond)> PublishAsync(IChannel[] channels, int underWay, int size, CancellationToken cancellationToken)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(
            new CommandBatch { BatchId = Guid.NewGuid(), Partition = 0, ReplyTo = "bench", Commands = SetBasedApply.Submits(Guid.NewGuid(), size) }, ContractJson.Default.CommandBatch);
        var properties = new BasicProperties { Persistent = true };
        long countMax = PublishedBytesMax / body.Length;
        int begun = 0;
        var clock = Stopwatch.StartNew();
        int[] counts = await Task.WhenAll(Enumerable.Range(0, underWay).Select(publisher => PublishOnAsync(publisher % channels.Length)));
        return (counts.Sum(), counts.Sum() / clock.Elapsed.TotalSeconds);

        async Task<int> PublishOnAsync(int number)
        {
            int count = 0;
            for (; clock.Elapsed < options.RoundTime && Interlocked.Increment(ref begun) <= countMax; count++)
            {
                await channels[number].BasicPublishAsync("", Queues[number], mandatory: true, properties, body, cancellationToken);
            }

            return count;
        }
    }

    private static async Task<double> DeliverAsync(IChannel[] channels, int count, CancellationToken cancellationToken)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        int received = 0;
        string[] tags = new string[channels.Length];

        // As a partition's queue is read.
        foreach (IChannel channel in channels) await channel.BasicQosAsync(0, prefetchCount: 4, global: false, cancellationToken);
        var clock = Stopwatch.StartNew();
        for (int number = 0; number < channels.Length; number++)
        {
            IChannel channel = channels[number];
            var consumer = new AsyncEventingBasicConsumer(channel);
            consumer.ReceivedAsync += async (_, delivery) =>
            {
                await channel.BasicAckAsync(delivery.DeliveryTag, multiple: false);
                if (Interlocked.Increment(ref received) == count) done.TrySetResult();
            };
            tags[number] = await channel.BasicConsumeAsync(Queues[number], autoAck: false, consumer, cancellationToken);
        }

        await done.Task.WaitAsync(cancellationToken);
        double perSecond = count / clock.Elapsed.TotalSeconds;
        for (int number = 0; number < channels.Length; number++) await channels[number].BasicCancelAsync(tags[number], cancellationToken: cancellationToken);
        return perSecond;
    }

    private void Add(string what, int size, double perSecond)
    {
        results.Figures.Add(new Figure(BenchOptions.Ceilings, what + ", by commands in a message", size, Math.Round(perSecond), "messages/s"));
        Console.WriteLine($"  messages of {size} commands, {what}: {perSecond:0}/s");
    }
}
