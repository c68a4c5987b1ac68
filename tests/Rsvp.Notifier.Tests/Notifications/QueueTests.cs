using MassTransit;
using Microsoft.Extensions.Configuration;
using Rsvp.Hosting.Messaging;
using Rsvp.Testing;

namespace Rsvp.Notifier.Tests.Notifications;

/// <summary>The queue of issued notifications on the broker.</summary>
public sealed class QueueTests
{
    [Fact]
    public async Task What_is_published_before_any_notifier_was_there_waits_in_their_queue()
    {
        await using var broker = await TestBroker.CreateAsync();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("ConnectionStrings:RabbitMq", broker.Url)]).Build();
        var bus = Bus.Factory.CreateUsingRabbitMq(worker => worker.UseBroker(configuration, "worker"));
        await bus.StartAsync();

        await bus.Publish(Mailbox.Issue(Guid.NewGuid(), "confirmed", Guid.NewGuid()));

        await Eventually.HoldsAsync(
            async () => (await broker.ListAsync("queues")).EnumerateArray().Any(queue =>
                queue.GetProperty("name").GetString() == Topology.NotificationsQueue
                && queue.TryGetProperty("messages", out var messages) && messages.GetInt32() == 1),
            "the message waits");
        await bus.StopAsync();
    }
}
