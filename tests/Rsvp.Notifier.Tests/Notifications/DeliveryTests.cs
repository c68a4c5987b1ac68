using Rsvp.Notifier.Tests.Worlds;
using Rsvp.Testing;

namespace Rsvp.Notifier.Tests.Notifications;

/// <summary>What holds on every channel.</summary>
public sealed class DeliveryTests
{
    [Fact]
    public async Task What_a_notifier_sent_and_could_not_record_before_it_died_another_sends_again_under_the_same_id()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var world = await PushWorld.CreateAsync(Mailbox.Settings(mail: null));
        var mailbox = new Mailbox(world);
        var activity = await TestActivity.OpenAsync(world.Database);
        var user = await mailbox.AddUserAsync();
        await mailbox.AddWebhookAsync(user, receiver.Url);
        var issued = Mailbox.Issue(activity.Id, "confirmed", user);

        // The database goes away between the sending and its record, and the notifier before the database is back.
        receiver.OnRequest = async http =>
        {
            await world.Database.RefuseConnectionsAsync();
            http.Response.StatusCode = 204;
        };
        await world.PublishAsync(issued);
        await Eventually.HoldsAsync(() => receiver.Received.Count == 1, "it was sent");
        await world.StopNotifierAsync(world.First);
        await world.Database.AllowConnectionsAsync();
        receiver.Answer(204);
        Assert.Equal((1L, 1), (await mailbox.CountAsync(issued, "pending"), await mailbox.ReadAsync<int>(issued, "attempts")));

        await world.StartNotifierAsync();
        await mailbox.PassAsync(TimeSpan.FromMinutes(2));
        await mailbox.StandsAsync(issued, "sent");

        Assert.Equal(2, receiver.Received.Count);
        Assert.Single(receiver.Received.Select(webhook => webhook.NotificationId).Distinct());
        Assert.Single(receiver.Received.Select(webhook => Convert.ToHexString(webhook.Body)).Distinct());
    }

    [Fact]
    public async Task A_delivery_that_is_under_way_is_left_to_whoever_has_it_until_the_lease_is_over()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var world = await PushWorld.CreateAsync(Mailbox.Settings(mail: null, ("Notifications:WebhookTimeout", "00:00:30")));
        await world.StartNotifierAsync();
        var mailbox = new Mailbox(world);
        var activity = await TestActivity.OpenAsync(world.Database);
        var (slow, quick) = (await mailbox.AddUserAsync(), await mailbox.AddUserAsync());
        await mailbox.AddWebhookAsync(slow, new Uri(receiver.Url, "/slow"));
        await mailbox.AddWebhookAsync(quick, new Uri(receiver.Url, "/quick"));
        var answers = new TaskCompletionSource();
        receiver.OnRequest = http => http.Request.Path == "/slow" ? answers.Task : Task.CompletedTask;
        var (held, others) = (Mailbox.Issue(activity.Id, "confirmed", slow), Mailbox.Issue(activity.Id, "confirmed", Enumerable.Repeat(quick, 40)));

        await world.PublishAsync(held);
        await Eventually.HoldsAsync(() => receiver.Received.Count == 1, "the slow one is under way");
        await world.PublishAsync(others);
        await mailbox.StandsAsync(others, "sent");
        Assert.Single(receiver.Received, webhook => webhook.Path == "/slow");
        answers.SetResult();
        await mailbox.StandsAsync(held, "sent");

        Assert.Equal(40, receiver.Received.Where(webhook => webhook.Path == "/quick").Select(webhook => webhook.NotificationId).Distinct().Count());
        Assert.Equal(41, receiver.Received.Count);
    }

    [Fact]
    public async Task While_the_database_is_away_what_is_issued_waits()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var world = await PushWorld.CreateAsync(Mailbox.Settings(mail: null));
        var mailbox = new Mailbox(world);
        var activity = await TestActivity.OpenAsync(world.Database);
        var user = await mailbox.AddUserAsync();
        await mailbox.AddWebhookAsync(user, receiver.Url);
        var (before, meanwhile) = (Mailbox.Issue(activity.Id, "confirmed", user), Mailbox.Issue(activity.Id, "updated", user));
        await world.PublishAsync(before);
        await mailbox.StandsAsync(before, "sent");

        await world.Database.RefuseConnectionsAsync();
        await world.PublishAsync(meanwhile);
        await Eventually.HoldsAsync(() => world.Log.Lines.Any(line => line.Contains("could not be read", StringComparison.Ordinal)), "the outage was noticed");
        await world.Database.AllowConnectionsAsync();
        await mailbox.StandsAsync(meanwhile, "sent");

        Assert.Equal(2, receiver.Received.Count);
    }

    [Fact]
    public async Task A_message_that_cannot_be_planned_ends_among_the_dead_letters_and_holds_nobody_up()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var world = await PushWorld.CreateAsync(Mailbox.Settings(mail: null));
        var mailbox = new Mailbox(world);
        var activity = await TestActivity.OpenAsync(world.Database);
        var user = await mailbox.AddUserAsync();
        await mailbox.AddWebhookAsync(user, receiver.Url);
        var good = Mailbox.Issue(activity.Id, "confirmed", user);

        // No text in the database may contain this.
        await world.PublishAsync(Mailbox.Issue(activity.Id, "\0", user));
        await world.PublishAsync(good);
        await mailbox.StandsAsync(good, "sent");

        await Eventually.HoldsAsync(
            async () => (await world.Broker.ListAsync("queues")).EnumerateArray().Any(queue =>
                queue.GetProperty("name").GetString() == "rsvp.dead" && queue.TryGetProperty("messages", out var messages) && messages.GetInt32() == 1),
            "it is among the dead letters");
    }

    [Fact]
    public async Task What_was_finished_long_ago_is_forgotten_and_nothing_else()
    {
        await using var world = await PushWorld.CreateAsync(Mailbox.Settings(mail: null));
        await world.Database.ExecuteAsync(
            """
            INSERT INTO notification_deliveries (notification_id, channel, target, user_id, activity_id, rsvp_id, kind, status, party_size, issued_at, state, created_at, finished_at)
            SELECT gen_random_uuid(), 'email', id, id, id, id, 'old', 'confirmed', 1, now(), state, now() - age, CASE WHEN state <> 'pending' THEN now() - age END
            FROM   unnest(ARRAY['sent', 'failed', 'pending', 'sent'], ARRAY[interval '31 days', interval '31 days', interval '31 days', interval '29 days'],
                          ARRAY[gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), gen_random_uuid()]) AS old (state, age, id)
            """);

        // It looks when it starts, and every hour.
        await world.StartNotifierAsync();

        await Eventually.HoldsAsync(async () => await world.Database.ScalarAsync<long>("SELECT count(*) FROM notification_deliveries") == 2, "two are gone");
        Assert.Equal("pending,sent", await world.Database.ScalarAsync<string>("SELECT string_agg(state, ',' ORDER BY state) FROM notification_deliveries"));
    }

    [Fact]
    public async Task A_mail_server_that_says_nothing_holds_up_neither_webhooks_nor_the_queue()
    {
        await using var mail = MailServer.Start();
        mail.Hangs = true;
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var world = await PushWorld.CreateAsync(Mailbox.Settings(mail, ("Notifications:EmailTimeout", "00:01:00")));
        var mailbox = new Mailbox(world);
        var activity = await TestActivity.OpenAsync(world.Database);
        var users = await Task.WhenAll(Enumerable.Range(0, 20).Select(index => mailbox.AddUserAsync($"user{index}@example.org")));
        await Task.WhenAll(users.Select(user => mailbox.AddWebhookAsync(user, receiver.Url)));
        var (first, second) = (Mailbox.Issue(activity.Id, "confirmed", users), Mailbox.Issue(activity.Id, "cancelled", users));

        await world.PublishAsync(first);
        await Eventually.HoldsAsync(() => mail.Connections > 0, "the mail server was called");
        await world.PublishAsync(second);
        await mailbox.StandsAsync(second, "sent");
        await mailbox.StandsAsync(first, "sent");

        Assert.Equal((20, 20), (await mailbox.CountAsync(first, "pending"), await mailbox.CountAsync(second, "pending")));
        Assert.Equal(40, receiver.Received.Count);
        Assert.Empty(mail.Mails);
    }

    [Fact]
    public async Task A_hanging_endpoint_takes_no_turn_from_others()
    {
        await using var dead = await WebhookReceiver.StartAsync();
        dead.Hang();
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var world = await PushWorld.CreateAsync(Mailbox.Settings(mail: null, ("Notifications:WebhookTimeout", "00:00:30")));
        var mailbox = new Mailbox(world);
        var activity = await TestActivity.OpenAsync(world.Database);
        var (slow, quick) = (await mailbox.AddUserAsync(), await mailbox.AddUserAsync());
        await mailbox.AddWebhookAsync(slow, dead.Url);
        await mailbox.AddWebhookAsync(quick, receiver.Url);
        var (hung, good) = (Mailbox.Issue(activity.Id, "confirmed", Enumerable.Repeat(slow, 300)), Mailbox.Issue(activity.Id, "confirmed", quick));

        await world.PublishAsync(hung);
        await Eventually.HoldsAsync(() => dead.Received.Count > 0, "the dead endpoint was called");
        await world.PublishAsync(good);
        await mailbox.StandsAsync(good, "sent");

        Assert.Equal(300, await mailbox.CountAsync(hung, "pending"));
        Assert.InRange(dead.Received.Count, 1, 4);
    }

    [Fact]
    public async Task People_hear_only_what_they_want_to_hear_by_the_ways_they_want()
    {
        await using var mail = MailServer.Start();
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var world = await PushWorld.CreateAsync(Mailbox.Settings(mail));
        var mailbox = new Mailbox(world);
        var activity = await TestActivity.OpenAsync(world.Database);
        var users = await Task.WhenAll(Enumerable.Range(0, 5).Select(index => mailbox.AddUserAsync($"user{index}@example.org")));
        await Task.WhenAll(users.Select(user => mailbox.AddWebhookAsync(user, receiver.Url)));
        await mailbox.PreferAsync(users[1], email: false);
        await mailbox.PreferAsync(users[2], webhook: false);
        await mailbox.PreferAsync(users[3], email: true, webhook: true, "updated");
        await world.Database.ExecuteAsync("UPDATE users SET deleted_at = now() WHERE user_id = $1", users[4]);
        var (updated, cancelled) = (Mailbox.Issue(activity.Id, "updated", users), Mailbox.Issue(activity.Id, "cancelled", users));

        await world.PublishAsync(updated);
        await world.PublishAsync(cancelled);
        await mailbox.StandsAsync(updated, "sent", count: 4);
        await mailbox.StandsAsync(cancelled, "sent", count: 6);

        Assert.Equal(["0 email", "0 webhook", "1 webhook", "2 email"], await ToldAsync(updated));
        Assert.Equal(["0 email", "0 webhook", "1 webhook", "2 email", "3 email", "3 webhook"], await ToldAsync(cancelled));
        Assert.Equal((5, 5), (mail.Mails.Count, receiver.Received.Count));

        async Task<string[]> ToldAsync(Rsvp.Contracts.NotificationsIssued issued) => (await world.Database.ScalarAsync<string[]>(
            "SELECT array_agg((array_position($2, user_id) - 1) || ' ' || channel ORDER BY 1) FROM notification_deliveries WHERE notification_id = ANY ($1)",
            issued.Notifications.Select(told => told.NotificationId).ToArray(),
            users))!.Order().ToArray();
    }

    [Fact]
    public async Task Nothing_goes_out_about_a_user_who_was_erased_meanwhile()
    {
        await using var mail = MailServer.Start();
        await mail.KillAsync();
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer(500);
        await using var world = await PushWorld.CreateAsync(Mailbox.Settings(mail));
        var mailbox = new Mailbox(world);
        var activity = await TestActivity.OpenAsync(world.Database);
        var (erased, renamed, stays) = (await mailbox.AddUserAsync("erased@example.org"), await mailbox.AddUserAsync("old@example.org"), await mailbox.AddUserAsync("stays@example.org"));
        await mailbox.AddWebhookAsync(erased, receiver.Url);
        await mailbox.PreferAsync(erased);
        var issued = Mailbox.Issue(activity.Id, "confirmed", erased, renamed, stays);
        await world.PublishAsync(issued);
        await Eventually.HoldsAsync(() => receiver.Received.Count > 0, "the webhook was tried");

        // What the worker does when it deletes a user.
        await world.Database.ExecuteAsync("UPDATE users SET deleted_at = now(), email = NULL, name = NULL WHERE user_id = $1", erased);
        await world.Database.ExecuteAsync("UPDATE users SET email = 'new@example.org' WHERE user_id = $1", renamed);

        // A mail that is being sent cannot be called back.
        await mailbox.NoneUnderWayAsync(issued, "email");
        await world.Database.ExecuteAsync("DELETE FROM notification_deliveries WHERE user_id = $1", erased);
        await world.Database.ExecuteAsync("DELETE FROM webhooks WHERE user_id = $1", erased);
        await world.Database.ExecuteAsync("DELETE FROM notification_preferences WHERE user_id = $1", erased);
        var before = receiver.Received.Count;
        await world.PublishAsync(issued);
        mail.Listen();
        await mailbox.StandsAsync(issued, "sent", count: 2);

        Assert.Equal(["new@example.org", "stays@example.org"], mail.Mails.SelectMany(received => received.Recipients).Order());
        Assert.Equal((2L, before), (await mailbox.CountAsync(issued), receiver.Received.Count));
    }
}
