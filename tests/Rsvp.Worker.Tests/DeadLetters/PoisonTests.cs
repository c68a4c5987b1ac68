using System.Text.Json;
using System.Text.Json.Nodes;
using RabbitMQ.Client;
using Rsvp.Contracts;
using Rsvp.Hosting.Messaging;
using Rsvp.Worker.Tests.Partitions;

namespace Rsvp.Worker.Tests.DeadLetters;

/// <summary>What a queue's consumer cannot apply leaves alone, with its reason, to the one place for all.</summary>
public sealed class PoisonTests(DeadWorld world) : IClassFixture<DeadWorld>
{
    public static TheoryData<string, string, string> Poison => new()
    {
        { "no JSON", "{ \"messageType\": [\"urn:message:Rsvp.Contracts:CommandBatch\"", "Exception: " },
        { "an unknown type", """{ "messageType": ["urn:message:Rsvp.Contracts:Unheard"], "message": {} }""", "Nobody consumes messages of this type here." },
        { "a batch without commands", """{ "messageType": ["urn:message:Rsvp.Contracts:CommandBatch"], "message": { "partition": 0 } }""", "Exception: " },
        { "nothing", "", "Exception: " },
        { "a huge body", new string('x', 8 << 20), "Exception: " },
    };

    [Theory]
    [MemberData(nameof(Poison))]
    public async Task What_cannot_be_read_leaves_alone(string what, string body, string cause)
    {
        var activity = await world.Past.OpenAsync(capacity: 5);
        var (before, after) = (World.Submit(activity, Guid.NewGuid()), World.Submit(activity, Guid.NewGuid()));
        var queue = Topology.PartitionQueue(1, 0);

        await world.SendAsync(queue, DeadWorld.Batch(before));
        var id = await world.SendAsync(queue, System.Text.Encoding.UTF8.GetBytes(body));
        await world.SendAsync(queue, DeadWorld.Batch(after));

        Assert.Equal(["completed", "completed"], [await world.OutcomeAsync(before), await world.OutcomeAsync(after)]);
        var letter = await world.FindAsync(id);
        Assert.Equal((queue, body.Length), (letter.Origin, letter.Body.Length));
        Assert.Contains(cause, letter.Cause, StringComparison.Ordinal);
        Assert.True(letter.DiedAt > TimeProvider.System.GetUtcNow().AddMinutes(-5), $"{what} died at {letter.DiedAt}");
        await AssertOnePlaceAsync();
    }

    [Fact]
    public async Task A_command_that_neither_can_be_applied_nor_failed_does_not_take_its_neighbours_along()
    {
        var activity = await world.Past.OpenAsync(capacity: 5);
        var (first, last) = (World.Submit(activity, Guid.NewGuid()), World.Submit(activity, Guid.NewGuid()));
        var batch = JsonNode.Parse(DeadWorld.Batch(first, World.Submit(activity, Guid.NewGuid()), last))!;
        batch["message"]!["commands"]![1]!["caller"] = null;

        var id = await world.SendAsync(Topology.PartitionQueue(1, 0), JsonSerializer.SerializeToUtf8Bytes(batch));

        Assert.Equal(["completed", "completed"], [await world.OutcomeAsync(first), await world.OutcomeAsync(last)]);
        var letter = await world.FindAsync(id);
        Assert.Equal((2, 1), (letter.Commands.Count, letter.UnreadableCommands));
        Assert.StartsWith("CommandsLeftException: ", letter.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_saga_cannot_read_is_there_too()
    {
        var id = await world.SendAsync(Topology.PromotionQueue, DeadWorld.Envelope(nameof(VacancyOpened), JsonSerializer.SerializeToElement(new { version = "x" })));

        Assert.Equal(Topology.PromotionQueue, (await world.FindAsync(id)).Origin);
        await AssertOnePlaceAsync();
    }

    [Fact]
    public async Task What_is_delivered_again_and_again_is_there_too_and_goes_back_as_it_was()
    {
        // Nobody consumes this queue here: the test does, and never acknowledges its own message. Those of other tests, which wait in the outbox for this queue, it puts aside.
        var queue = Topology.NotificationsQueue;
        var arguments = new Dictionary<string, object?>
        {
            ["x-queue-type"] = "quorum",
            ["x-delivery-limit"] = Topology.DeliveryLimit,
            ["x-dead-letter-exchange"] = Topology.DeadLetterQueue,
        };
        await world.Channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, arguments);
        var id = await world.SendAsync(queue, "{}"u8.ToArray());
        for (var delivery = 0; await NextAsync() is { } got; delivery++)
        {
            Assert.True(delivery <= Topology.DeliveryLimit, "it is delivered for ever");
            await world.Channel.BasicNackAsync(got.DeliveryTag, multiple: false, requeue: true);
        }

        var letter = await world.FindAsync(id);
        var handled = Assert.Single(await world.Desk.ReplayAsync(id, new("Olga", "the consumer is mended"), default));
        var back = await NextAsync();

        Assert.Equal((queue, null), (letter.Origin, handled.Refusal));
        Assert.Contains("delivered again and again", letter.Cause, StringComparison.Ordinal);
        Assert.Equal(id, back!.BasicProperties.MessageId);

        // What the broker counts from nothing again, and what the client numbers its confirms by.
        Assert.DoesNotContain(
            back.BasicProperties.Headers ?? new Dictionary<string, object?>(), header => header is not { Key: "x-delivery-count", Value: 0L } and not { Key: "x-dotnet-pub-seq-no" });

        async Task<BasicGetResult?> NextAsync()
        {
            while (await world.Channel.BasicGetAsync(queue, autoAck: false) is { } got)
            {
                if (got.BasicProperties.MessageId == id)
                {
                    return got;
                }

                await world.Channel.BasicAckAsync(got.DeliveryTag, multiple: false);
            }

            return null;
        }
    }

    private async Task AssertOnePlaceAsync() => Assert.DoesNotContain(
        (await world.Broker.ListAsync("queues")).EnumerateArray().Select(queue => queue.GetProperty("name").GetString()!),
        name => name.EndsWith("_error", StringComparison.Ordinal) || name.EndsWith("_skipped", StringComparison.Ordinal));
}
