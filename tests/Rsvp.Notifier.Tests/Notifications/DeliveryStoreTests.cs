using Rsvp.Notifier.Notifications;
using Rsvp.Testing;

namespace Rsvp.Notifier.Tests.Notifications;

/// <summary>What notifiers that share a table take from it, one after another.</summary>
public sealed class DeliveryStoreTests : IAsyncLifetime
{
    private static readonly TimeSpan HoldsUp = TimeSpan.FromMinutes(1);

    private readonly TestDatabase _database = new();

    private readonly Mailbox _mailbox;

    public DeliveryStoreTests() => _mailbox = new Mailbox(_database);

    public ValueTask InitializeAsync() => _database.InitializeAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task While_one_notifier_mails_somebody_no_other_does()
    {
        var (person, other) = (await _mailbox.AddUserAsync("a@example.org"), await _mailbox.AddUserAsync("b@example.org"));
        var waitlisted = await PlanAsync("waitlisted", person);
        var taken = Assert.Single(await TakeMailAsync());
        var promoted = await PlanAsync("promoted", person);
        var others = await PlanAsync("confirmed", other);

        var meanwhile = await TakeMailAsync();
        await RecordAsync("email", taken, "sent", SendResult.Sent(250));
        var afterwards = await TakeMailAsync();

        Assert.Equal(waitlisted, taken.NotificationId);
        Assert.Equal([others], meanwhile.Select(delivery => delivery.NotificationId));
        Assert.Equal([promoted], afterwards.Select(delivery => delivery.NotificationId));
    }

    [Fact]
    public async Task All_notifiers_together_send_to_one_webhook_so_much_at_once()
    {
        var user = await _mailbox.AddUserAsync();
        await _mailbox.AddWebhookAsync(user, new Uri("https://example.org/hook"));
        await PlanAsync("confirmed", [.. Enumerable.Repeat(user, 9)]);

        var first = await TakeWebhooksAsync(max: 3);
        var second = await TakeWebhooksAsync(max: 64);
        var none = await TakeWebhooksAsync(max: 64);
        await RecordAsync("webhook", first[0], "sent", SendResult.Sent(204));
        await RecordAsync("webhook", second[0], "pending", SendResult.Retry("status", 500));
        var freed = await TakeWebhooksAsync(max: 64);

        Assert.Equal((3, 1, 0, 2), (first.Count, second.Count, none.Count, freed.Count));
    }

    [Fact]
    public async Task A_mail_that_comes_back_from_a_lease_goes_before_the_later_ones()
    {
        var person = await _mailbox.AddUserAsync("a@example.org");
        var waitlisted = await PlanAsync("waitlisted", person);
        await TakeMailAsync();
        await PlanAsync("promoted", person);

        await _mailbox.PassAsync(DeliveryStore.Lease);
        var taken = await TakeMailAsync();

        Assert.Equal([waitlisted], taken.Select(delivery => delivery.NotificationId));
    }

    [Theory]
    [InlineData(30, false)]
    [InlineData(300, true)]
    public async Task A_mail_holds_up_the_later_ones_when_it_is_tried_again_soon_and_lets_them_pass_when_not(int seconds, bool passes)
    {
        var person = await _mailbox.AddUserAsync("a@example.org");
        var waitlisted = await PlanAsync("waitlisted", person);
        var taken = Assert.Single(await TakeMailAsync());
        var promoted = await PlanAsync("promoted", person);
        var delay = TimeSpan.FromSeconds(seconds);
        await RecordAsync("email", taken, "pending", SendResult.Retry("recipient_deferred", 450), delay);

        var meanwhile = await TakeMailAsync();
        await _mailbox.PassAsync(delay);
        var afterwards = await TakeMailAsync();

        Guid[] passed = passes ? [promoted] : [];
        Assert.Equal(passed, meanwhile.Select(delivery => delivery.NotificationId));
        Assert.Equal([waitlisted], afterwards.Select(delivery => delivery.NotificationId));
    }

    [Fact]
    public async Task A_target_with_much_to_send_that_is_held_up_hides_no_other()
    {
        var (slow, quick) = (await _mailbox.AddUserAsync(), await _mailbox.AddUserAsync());
        await _mailbox.AddWebhookAsync(slow, new Uri("https://example.org/slow"));
        await _mailbox.AddWebhookAsync(quick, new Uri("https://example.org/quick"));
        await PlanAsync("confirmed", [.. Enumerable.Repeat(slow, 1_500)]);
        await TakeWebhooksAsync(max: 64);
        var good = await PlanAsync("confirmed", quick);

        var taken = await TakeWebhooksAsync(max: 64);

        Assert.Equal([good], taken.Select(delivery => delivery.NotificationId));
    }

    /// <returns>The last one's id.</returns>
    private async Task<Guid> PlanAsync(string kind, params Guid[] users)
    {
        var issued = Mailbox.Issue(Guid.NewGuid(), kind, users);
        await new DeliveryPlan(_database.DataSource).AddAsync([issued], ["email", "webhook"], default);
        return issued.Notifications[^1].NotificationId;
    }

    private Task<IReadOnlyList<Delivery>> TakeMailAsync() => new DeliveryStore(_database.DataSource).TakeAsync("email", perTargetMax: 1, HoldsUp, max: 4, default);

    private Task<IReadOnlyList<Delivery>> TakeWebhooksAsync(int max) =>
        new DeliveryStore(_database.DataSource).TakeAsync("webhook", perTargetMax: 4, holdsUp: TimeSpan.Zero, max, default);

    private Task RecordAsync(string channel, Delivery delivery, string state, SendResult result, TimeSpan? delay = null) =>
        new DeliveryStore(_database.DataSource).RecordAsync(channel, delivery, state, result, delay ?? TimeSpan.FromMinutes(5), default);
}
