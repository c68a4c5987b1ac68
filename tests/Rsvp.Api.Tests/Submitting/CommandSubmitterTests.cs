using System.Net.Http.Json;
using Rsvp.Api.Submitting;
using Rsvp.Hosting.Messaging;
using Rsvp.Testing;

namespace Rsvp.Api.Tests.Submitting;

public sealed class CommandSubmitterTests
{
    // So long that a batch that goes before it was let go by the answer to the one before.
    private static readonly TimeSpan NoLinger = TimeSpan.FromMinutes(10);

    [Fact]
    public async Task A_lone_command_is_sent_at_once_and_alone()
    {
        await using var world = await SubmittingWorld.StartAsync(new SubmittingOptions { Linger = NoLinger });
        await using var partition = await FakePartition.StartAsync(world.Broker);
        var command = SubmittingWorld.Command();

        Assert.Equal(Acceptance.Accepted, await world.Submitter.SubmitAsync(command));

        var batch = await Eventually.ReturnsAsync(() => Task.FromResult(partition.Batches.SingleOrDefault()), "the batch arrives");
        Assert.Equal(command.RequestId, Assert.Single(batch.Commands).RequestId);
    }

    [Fact]
    public async Task What_comes_while_a_batch_is_under_way_goes_together_and_in_order_once_that_is_applied()
    {
        await using var world = await SubmittingWorld.StartAsync(new SubmittingOptions { Linger = NoLinger });
        await using var partition = await FakePartition.StartAsync(world.Broker);
        await world.Submitter.SubmitAsync(SubmittingWorld.Command(0));

        var accepted = Enumerable.Range(1, 511).Select(number => world.Submitter.SubmitAsync(SubmittingWorld.Command(number))).ToArray();
        var first = await Eventually.ReturnsAsync(() => Task.FromResult(partition.Batches is [var batch, ..] ? batch : null), "the first batch arrives");
        await partition.AnswerAsync(first, FakePartition.Complete);
        await Eventually.EndsAsync(Task.WhenAll(accepted), "all are accepted");

        await Eventually.HoldsAsync(() => partition.Batches.Sum(batch => batch.Commands.Count) == 512, "all arrive");
        Assert.Equal([1, 511], partition.Batches.Select(batch => batch.Commands.Count));
        Assert.Equal(Enumerable.Range(0, 512), partition.Batches.SelectMany(batch => batch.Commands).Select(command => command.SubmitRsvp!.GuestCount));
    }

    [Fact]
    public async Task A_full_batch_waits_for_nobody()
    {
        await using var world = await SubmittingWorld.StartAsync(new SubmittingOptions { Linger = NoLinger });
        await using var partition = await FakePartition.StartAsync(world.Broker);
        await world.Submitter.SubmitAsync(SubmittingWorld.Command(0));

        var accepted = Enumerable.Range(1, 1024).Select(number => world.Submitter.SubmitAsync(SubmittingWorld.Command(number))).ToArray();
        await Eventually.EndsAsync(Task.WhenAll(accepted), "all are accepted, though nothing was applied");

        await Eventually.HoldsAsync(() => partition.Batches.Sum(batch => batch.Commands.Count) == 1025, "all arrive");
        Assert.Equal([1, 512, 512], partition.Batches.Select(batch => batch.Commands.Count));
        Assert.Equal(Enumerable.Range(0, 1025), partition.Batches.SelectMany(batch => batch.Commands).Select(command => command.SubmitRsvp!.GuestCount));
    }

    [Fact]
    public async Task Without_an_answer_the_next_batch_goes_after_the_linger()
    {
        await using var world = await SubmittingWorld.StartAsync();
        await using var partition = await FakePartition.StartAsync(world.Broker);

        Assert.Equal(Acceptance.Accepted, await world.Submitter.SubmitAsync(SubmittingWorld.Command()));
        Assert.Equal(Acceptance.Accepted, await world.Submitter.SubmitAsync(SubmittingWorld.Command()));

        await Eventually.HoldsAsync(() => partition.Batches.Count == 2, "both batches arrive");
    }

    [Fact]
    public async Task A_batch_is_bounded_in_bytes_too()
    {
        await using var world = await SubmittingWorld.StartAsync(new SubmittingOptions { BatchBytesMax = 20_000 });
        await using var partition = await FakePartition.StartAsync(world.Broker);
        var text = new string('x', 1000);

        var accepted = Enumerable.Range(0, 30).Select(number => world.Submitter.SubmitAsync(SubmittingWorld.Command(number, text))).ToArray();
        await Eventually.EndsAsync(Task.WhenAll(accepted), "all are accepted");

        await Eventually.HoldsAsync(() => partition.Batches.Sum(batch => batch.Commands.Count) == 30, "all arrive");
        Assert.All(partition.Batches, batch => Assert.InRange(batch.Commands.Count, 1, 5));
        Assert.Equal(Enumerable.Range(0, 30), partition.Batches.SelectMany(batch => batch.Commands).Select(command => command.SubmitRsvp!.GuestCount));
    }

    [Fact]
    public async Task Outcomes_come_back_to_those_who_wait_for_them()
    {
        await using var world = await SubmittingWorld.StartAsync();
        await using var partition = await FakePartition.StartAsync(world.Broker);
        partition.Decides = FakePartition.Complete;
        var command = SubmittingWorld.Command();
        using var waiter = world.Waiters.Add(command.RequestId);

        await world.Submitter.SubmitAsync(command);

        var outcome = await Eventually.EndsAsync(waiter.Task, "the outcome comes");
        Assert.Equal(command.RequestId, outcome!.RequestId);
        Assert.Equal(command.Caller.UserId, outcome.UserId);
    }

    [Fact]
    public async Task Batches_are_stored_durably()
    {
        await using var world = await SubmittingWorld.StartAsync();
        var queue = await DeclareQueueAsync(world.Broker);

        await world.Submitter.SubmitAsync(SubmittingWorld.Command());

        var exchanges = await world.Broker.ListAsync("exchanges");
        var commands = exchanges.EnumerateArray().Single(exchange => exchange.GetProperty("name").GetString() == Topology.CommandsExchange);
        Assert.Equal("direct", commands.GetProperty("type").GetString());
        Assert.True(commands.GetProperty("durable").GetBoolean());
        Assert.Equal(2, await DeliveryModeOfFirstAsync(world.Broker, queue));
    }

    [Fact]
    public async Task A_batch_that_no_queue_takes_is_an_error_and_not_silence()
    {
        await using var world = await SubmittingWorld.StartAsync();

        Assert.Equal(Acceptance.Unrouted, await world.Submitter.SubmitAsync(SubmittingWorld.Command()));

        Assert.False(world.Circuit.IsOpen);
    }

    [Fact]
    public async Task A_full_queue_is_overload_said_at_once()
    {
        await using var world = await SubmittingWorld.StartAsync(new SubmittingOptions { ConfirmTimeout = TimeSpan.FromMinutes(1) });
        await DeclareQueueAsync(world.Broker, new Dictionary<string, object> { ["x-max-length"] = 1, ["x-overflow"] = "reject-publish" });
        Assert.Equal(Acceptance.Accepted, await world.Submitter.SubmitAsync(SubmittingWorld.Command()));

        var second = world.Submitter.SubmitAsync(SubmittingWorld.Command());

        Assert.Equal(Acceptance.Overloaded, await Eventually.EndsAsync(second, "the refusal is noticed"));
        Assert.False(world.Circuit.IsOpen);
    }

    [Fact]
    public async Task A_batch_that_is_not_confirmed_in_time_is_unknown_and_those_after_it_are_refused_until_the_broker_answers_again()
    {
        await using var proxy = TcpProxy.OfBroker();
        await using var world = await SubmittingWorld.StartAsync(new SubmittingOptions { ConfirmTimeout = TimeSpan.FromMilliseconds(500) }, proxy);
        await using var partition = await FakePartition.StartAsync(world.Broker);
        await world.Submitter.SubmitAsync(SubmittingWorld.Command());

        proxy.GoSilent();
        var unconfirmed = world.Submitter.SubmitAsync(SubmittingWorld.Command());
        Assert.Equal(Acceptance.Unknown, await Eventually.EndsAsync(unconfirmed, "the bound is over"));
        Assert.True(world.Circuit.IsOpen);
        Assert.Equal(Acceptance.BrokerAway, await world.Submitter.SubmitAsync(SubmittingWorld.Command()));

        proxy.ComeBack();
        await Eventually.HoldsAsync(() => !world.Circuit.IsOpen, "the broker confirms again");
        Assert.Equal(Acceptance.Accepted, await world.Submitter.SubmitAsync(SubmittingWorld.Command()));
    }

    [Fact]
    public async Task With_the_broker_gone_commands_are_refused_within_the_bound_and_taken_again_when_it_is_back()
    {
        await using var proxy = TcpProxy.OfBroker();
        await using var world = await SubmittingWorld.StartAsync(proxy: proxy);
        await using var partition = await FakePartition.StartAsync(world.Broker);

        proxy.GoAway();
        var refused = await Eventually.EndsAsync(world.Submitter.SubmitAsync(SubmittingWorld.Command()), "the bound is over", TimeSpan.FromSeconds(3));
        Assert.Contains(refused, new[] { Acceptance.Unknown, Acceptance.BrokerAway });
        await Eventually.HoldsAsync(() => world.Circuit.IsOpen, "the circuit opens");
        Assert.Equal(Acceptance.BrokerAway, await world.Submitter.SubmitAsync(SubmittingWorld.Command()));

        proxy.ComeBack();
        await Eventually.HoldsAsync(() => !world.Circuit.IsOpen, "the broker confirms again", TimeSpan.FromSeconds(40));
        Assert.Equal(Acceptance.Accepted, await world.Submitter.SubmitAsync(SubmittingWorld.Command()));
        await AnswersComeBackAsync(world, partition);
    }

    [Fact]
    public async Task A_confirm_that_is_lost_is_asked_for_again()
    {
        await using var proxy = TcpProxy.OfBroker();
        await using var world = await SubmittingWorld.StartAsync(new SubmittingOptions { ConfirmTimeout = TimeSpan.FromSeconds(4) }, proxy);
        await using var partition = await FakePartition.StartAsync(world.Broker);
        var lost = SubmittingWorld.Command(0);

        proxy.Lose(IsConfirm);
        Assert.Equal(Acceptance.Accepted, await Eventually.EndsAsync(world.Submitter.SubmitAsync(lost), "it is confirmed at the second time"));

        Assert.False(proxy.IsToLose);
        Assert.False(world.Circuit.IsOpen);
        await Eventually.HoldsAsync(() => partition.Batches.Count == 2, "it arrives twice");
        Assert.All(partition.Batches, batch => Assert.Equal(lost.RequestId, Assert.Single(batch.Commands).RequestId));
    }

    [Fact]
    public async Task Connections_that_are_reset_again_and_again_lose_no_command_and_keep_the_order()
    {
        await using var proxy = TcpProxy.OfBroker();
        await using var world = await SubmittingWorld.StartAsync(new SubmittingOptions { ConfirmTimeout = TimeSpan.FromSeconds(10) }, proxy);
        await using var partition = await FakePartition.StartAsync(world.Broker);
        partition.Decides = FakePartition.Complete;

        for (var number = 0; number < 60; number++)
        {
            var command = SubmittingWorld.Command(number);
            if (number % 3 == 2)
            {
                proxy.Reset();
            }

            Assert.Equal(Acceptance.Accepted, await Eventually.EndsAsync(world.Submitter.SubmitAsync(command), "it is accepted", TimeSpan.FromSeconds(90)));
        }

        await Eventually.HoldsAsync(() => partition.Batches.Count >= 60, "all arrive");
        var arrived = partition.Batches.SelectMany(batch => batch.Commands).Select(command => command.SubmitRsvp!.GuestCount).ToArray();
        Assert.Equal(Enumerable.Range(0, 60), arrived.Distinct());
        Assert.Equal(arrived.Order(), arrived);
    }

    [Fact]
    public async Task A_slow_line_to_the_broker_makes_confirms_late_and_loses_nothing()
    {
        await using var proxy = TcpProxy.OfBroker();
        await using var world = await SubmittingWorld.StartAsync(proxy: proxy);
        await using var partition = await FakePartition.StartAsync(world.Broker);
        partition.Decides = FakePartition.Complete;
        proxy.Latency = TimeSpan.FromMilliseconds(100);

        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(number => world.Submitter.SubmitAsync(SubmittingWorld.Command(number))));

        Assert.All(answers, answer => Assert.Equal(Acceptance.Accepted, answer));
        await Eventually.HoldsAsync(() => partition.Batches.Sum(batch => batch.Commands.Count) >= 100, "all arrive");
        Assert.Equal(Enumerable.Range(0, 100), partition.Batches.SelectMany(batch => batch.Commands).Select(command => command.SubmitRsvp!.GuestCount));
    }

    [Fact]
    public async Task A_confirm_that_comes_after_the_second_copy_was_sent_still_counts()
    {
        await using var proxy = TcpProxy.OfBroker();
        await using var world = await SubmittingWorld.StartAsync(new SubmittingOptions { ConfirmTimeout = TimeSpan.FromSeconds(5) }, proxy);
        await using var partition = await FakePartition.StartAsync(world.Broker);
        Assert.Equal(Acceptance.Accepted, await world.Submitter.SubmitAsync(SubmittingWorld.Command()));
        proxy.Latency = TimeSpan.FromSeconds(1.5);

        // Confirmed after three seconds; the copy that is sent after two and a half would be so after the bound.
        Assert.Equal(Acceptance.Accepted, await world.Submitter.SubmitAsync(SubmittingWorld.Command()));
    }

    [Fact]
    public async Task More_than_the_channel_holds_is_overload()
    {
        await using var proxy = TcpProxy.OfBroker();
        await using var world = await SubmittingWorld.StartAsync(new SubmittingOptions { ChannelCommandsMax = 10 }, proxy);
        await using var partition = await FakePartition.StartAsync(world.Broker);
        proxy.GoSilent();

        var answers = Enumerable.Range(0, 100).Select(number => world.Submitter.SubmitAsync(SubmittingWorld.Command(number))).ToArray();

        // One batch under way, ten in the channel, and whatever the loop took before it filled.
        Assert.InRange(answers.Count(answer => answer is { IsCompletedSuccessfully: true, Result: Acceptance.Overloaded }), 50, 90);
        await Eventually.EndsAsync(Task.WhenAll(answers), "everybody is answered", TimeSpan.FromSeconds(5));
        proxy.ComeBack();
    }

    [Fact]
    public async Task What_was_taken_is_sent_before_the_service_stops()
    {
        await using var world = await SubmittingWorld.StartAsync(new SubmittingOptions { BatchCommandsMax = 10 });
        await using var partition = await FakePartition.StartAsync(world.Broker);

        var answers = Enumerable.Range(0, 100).Select(number => world.Submitter.SubmitAsync(SubmittingWorld.Command(number))).ToArray();
        await world.StopAsync();

        Assert.All(await Task.WhenAll(answers), answer => Assert.Equal(Acceptance.Accepted, answer));
    }

    [Fact]
    public async Task Nothing_of_an_instance_is_left_at_the_broker_when_it_has_stopped()
    {
        await using var world = await SubmittingWorld.StartAsync();
        Assert.Single((await world.Broker.ListAsync("queues")).EnumerateArray());

        await world.StopAsync();

        await Eventually.HoldsAsync(async () => !(await world.Broker.ListAsync("queues")).EnumerateArray().Any(), "the answer queue is gone");
    }

    // AMQP 0-9-1: a method frame of 13 bytes on any channel, method 60.80 (basic.ack), and nothing else with it.
    private static bool IsConfirm(ReadOnlyMemory<byte> answer) => answer.Span is [1, _, _, 0, 0, 0, 13, 0, 60, 0, 80, ..] and { Length: 21 };

    private static async Task AnswersComeBackAsync(SubmittingWorld world, FakePartition partition)
    {
        partition.Decides = FakePartition.Complete;
        var command = SubmittingWorld.Command();
        using var waiter = world.Waiters.Add(command.RequestId);
        await world.Submitter.SubmitAsync(command);
        Assert.NotNull(await Eventually.EndsAsync(waiter.Task, "the outcome comes"));
    }

    private static async Task<string> DeclareQueueAsync(TestBroker broker, Dictionary<string, object>? arguments = null)
    {
        const string Queue = "partition";
        await broker.SendAsync(HttpMethod.Put, $"exchanges/{broker.VirtualHost}/{Topology.CommandsExchange}", new { type = "direct", durable = true });
        await broker.SendAsync(HttpMethod.Put, $"queues/{broker.VirtualHost}/{Queue}", new { durable = true, arguments = arguments ?? [] });
        await broker.SendAsync(
            HttpMethod.Post,
            $"bindings/{broker.VirtualHost}/e/{Topology.CommandsExchange}/q/{Queue}",
            new { routing_key = Topology.PartitionKey(1, 0), arguments = new { } });
        return Queue;
    }

    private static async Task<int> DeliveryModeOfFirstAsync(TestBroker broker, string queue)
    {
        var url = TestServers.RabbitMqManagement;
        using var handler = new HttpClientHandler { Credentials = new System.Net.NetworkCredential(url.UserInfo.Split(':')[0], url.UserInfo.Split(':')[1]) };
        using var client = new HttpClient(handler);
        var body = new { count = 1, ackmode = "ack_requeue_true", encoding = "auto" };
        using var response = await client.PostAsJsonAsync(new Uri(url, $"/api/queues/{broker.VirtualHost}/{queue}/get"), body);
        var messages = await response.Content.ReadFromJsonAsync<System.Text.Json.JsonElement>();
        return messages[0].GetProperty("properties").GetProperty("delivery_mode").GetInt32();
    }
}
