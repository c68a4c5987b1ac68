using System.Diagnostics;
using System.Text.Json;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using Rsvp.Bench.Contenders;
using Rsvp.Bench.Reporting;
using Rsvp.Cli.Bench;
using Rsvp.Contracts;

namespace Rsvp.Bench.Limits;

/// <summary>How many of our messages a second one quorum queue takes and gives, one after another as a partition does, without HTTP and database.</summary>
internal sealed class BrokerCeiling(BenchSystem system, BenchOptions options, BenchResults results)
{
    private const string Queue = "bench.ceiling";
    private static readonly int[] BatchSizes = [1, 32, 512];

    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        await using IConnection connection = await new ConnectionFactory { Uri = new Uri(system.Run.Rabbitmq) }.CreateConnectionAsync("bench", cancellationToken);
        await using IChannel channel = await connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), cancellationToken);
        await channel.QueueDeclareAsync(
            Queue, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?> { ["x-queue-type"] = "quorum" }, cancellationToken: cancellationToken);
        try
        {
            for (int round = 1; round <= options.Rounds; round++)
            {
                foreach (int size in BatchSizes)
                {
                    await system.RestAsync(cancellationToken);
                    (int count, double published) = await PublishAsync(channel, size, cancellationToken);
                    double delivered = await DeliverAsync(channel, count, cancellationToken);
                    Add("publish until confirmed, by commands in a message", size, published);
                    Add("deliver and acknowledge, by commands in a message", size, delivered);
                    Console.WriteLine($"  broker, {size} commands in a message: {published:0} published and {delivered:0} delivered a second");
                }
            }
        }
        finally
        {
            await channel.QueueDeleteAsync(Queue, cancellationToken: CancellationToken.None);
        }
    }

    private async Task<(int Count, double PerSecond)> PublishAsync(IChannel channel, int size, CancellationToken cancellationToken)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(
            new CommandBatch { BatchId = Guid.NewGuid(), Partition = 0, ReplyTo = "bench", Commands = SetBasedApply.Submits(Guid.NewGuid(), size) }, JsonSerializerOptions.Web);
        var properties = new BasicProperties { Persistent = true };
        var clock = Stopwatch.StartNew();
        int count = 0;
        for (; clock.Elapsed < options.RoundTime; count++) await channel.BasicPublishAsync("", Queue, mandatory: true, properties, body, cancellationToken);
        return (count, count / clock.Elapsed.TotalSeconds);
    }

    private static async Task<double> DeliverAsync(IChannel channel, int count, CancellationToken cancellationToken)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var consumer = new AsyncEventingBasicConsumer(channel);
        int received = 0;
        consumer.ReceivedAsync += async (_, delivery) =>
        {
            await channel.BasicAckAsync(delivery.DeliveryTag, multiple: false);
            if (Interlocked.Increment(ref received) == count) done.TrySetResult();
        };

        // As a partition's queue is read.
        await channel.BasicQosAsync(0, prefetchCount: 4, global: false, cancellationToken);
        var clock = Stopwatch.StartNew();
        string tag = await channel.BasicConsumeAsync(Queue, autoAck: false, consumer, cancellationToken);
        await done.Task.WaitAsync(cancellationToken);
        double perSecond = count / clock.Elapsed.TotalSeconds;
        await channel.BasicCancelAsync(tag, cancellationToken: cancellationToken);
        return perSecond;
    }

    private void Add(string what, int size, double perSecond) => results.Figures.Add(new Figure(BenchOptions.Ceilings, what, size, Math.Round(perSecond), "messages/s"));
}
