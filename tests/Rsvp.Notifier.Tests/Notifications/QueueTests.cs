using System.Net.Http.Json;
using System.Text.Json;
using MassTransit;
using Microsoft.Extensions.Configuration;
using Rsvp.Hosting.Messaging;
using Rsvp.Notifier.Tests.Worlds;
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

    [Fact]
    public async Task A_notifier_that_lost_its_consumer_is_not_ready_until_it_has_one_again()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var world = await PushWorld.CreateAsync(Mailbox.Settings(mail: null));
        var mailbox = new Mailbox(world);
        var user = await mailbox.AddUserAsync();
        await mailbox.AddWebhookAsync(user, receiver.Url);
        var activity = await TestActivity.OpenAsync(world.Database);
        using var http = new HttpClient { BaseAddress = world.Url };

        // It may read its own queue, and not the one that all notifiers share.
        await AllowToReadAsync(@"^rsvp\.(changes|notifier\..*)$");
        await world.Broker.CloseConnectionsAsync("rsvp-notifier");
        await Eventually.HoldsAsync(async () => await ChecksAsync() == ("Healthy", "Unhealthy"), "only changes arrive");
        await AllowToReadAsync(".*");
        await Eventually.HoldsAsync(async () => await ChecksAsync() == ("Healthy", "Healthy"), "both arrive");

        var issued = Mailbox.Issue(activity.Id, "confirmed", user);
        await world.PublishAsync(issued);
        await mailbox.StandsAsync(issued, "sent");

        Task AllowToReadAsync(string read) => world.Broker.SendAsync(
            HttpMethod.Put, $"permissions/{world.Broker.VirtualHost}/rsvp_notifier-{world.Broker.VirtualHost}", new { configure = ".*", write = ".*", read });

        async Task<(string? Changes, string? Notifications)> ChecksAsync()
        {
            using var answer = await http.GetAsync(new Uri("/health/ready", UriKind.Relative));
            var checks = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("checks");
            return (checks.GetProperty("changes").GetString(), checks.GetProperty("notifications").GetString());
        }
    }
}
