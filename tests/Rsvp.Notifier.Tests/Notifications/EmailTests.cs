using MimeKit;
using Rsvp.Notifier.Notifications;
using Rsvp.Notifier.Tests.Worlds;
using Rsvp.Testing;

namespace Rsvp.Notifier.Tests.Notifications;

/// <summary>Mail through a real SMTP session.</summary>
public sealed class EmailTests
{
    [Fact]
    public async Task Every_notification_is_mailed_once_however_often_its_message_comes()
    {
        await using var mail = MailServer.Start();
        await using var world = await PushWorld.CreateAsync(Mailbox.Settings(mail));
        await world.StartNotifierAsync();
        var mailbox = new Mailbox(world);
        var activity = await TestActivity.OpenAsync(world.Database);
        var users = await Task.WhenAll(Enumerable.Range(0, 30).Select(index => mailbox.AddUserAsync($"user{index}@example.org")));
        var issued = Mailbox.Issue(activity.Id, "confirmed", users);

        await Task.WhenAll(world.PublishAsync(issued), world.PublishAsync(issued));
        await mailbox.StandsAsync(issued, "sent");
        await world.PublishAsync(issued);
        var last = Mailbox.Issue(activity.Id, "updated", users[0]);
        await world.PublishAsync(last);
        await mailbox.StandsAsync(last, "sent");

        Assert.Equal(
            issued.Notifications.Concat(last.Notifications).Select(told => told.NotificationId).Order(),
            mail.Mails.Select(received => received.NotificationId).Order());
        Assert.Equal(31, mail.Mails.Count(received => received.Recipients.Count == 1));
    }

    [Fact]
    public async Task Two_notifiers_mail_one_person_in_order_however_slow_the_server_is()
    {
        await using var mail = MailServer.Start();
        using var answers = new ManualResetEventSlim();
        var mails = 0;
        mail.OnMail = () =>
        {
            if (Interlocked.Increment(ref mails) == 1)
            {
                answers.Wait(TimeSpan.FromMinutes(1));
            }

            return "250 OK";
        };
        await using var world = await PushWorld.CreateAsync(Mailbox.Settings(mail));
        await world.StartNotifierAsync();
        var mailbox = new Mailbox(world);
        var activity = await TestActivity.OpenAsync(world.Database);
        var person = await mailbox.AddUserAsync("person@example.org");
        var others = await Task.WhenAll(Enumerable.Range(0, 10).Select(index => mailbox.AddUserAsync($"user{index}@example.org")));
        var (first, second) = (Mailbox.Issue(activity.Id, "waitlisted", person), Mailbox.Issue(activity.Id, "promoted", person));

        await world.PublishAsync(first);
        await Eventually.HoldsAsync(() => Volatile.Read(ref mails) == 1, "the first mail is under way");
        await world.PublishAsync(second);
        await Eventually.HoldsAsync(async () => await mailbox.CountAsync(second) == 1, "the second one is planned");
        foreach (var other in others)
        {
            // Each has both notifiers look again.
            var issued = Mailbox.Issue(activity.Id, "confirmed", other);
            await world.PublishAsync(issued);
            await mailbox.StandsAsync(issued, "sent");
        }

        answers.Set();
        await mailbox.StandsAsync(first, "sent");
        await mailbox.StandsAsync(second, "sent");

        Guid[] told = [first.Notifications[0].NotificationId, second.Notifications[0].NotificationId];
        Assert.Equal(told, mail.Mails.Select(received => received.NotificationId).Where(told.Contains));
    }

    [Fact]
    public async Task A_mail_says_the_same_in_text_and_html_and_what_people_chose_is_encoded()
    {
        await using var mail = MailServer.Start();
        await using var world = await PushWorld.CreateAsync(Mailbox.Settings(mail));
        var mailbox = new Mailbox(world);
        var activity = await TestActivity.OpenAsync(world.Database);
        await world.Database.ExecuteAsync("UPDATE activities SET title = $2 WHERE activity_id = $1", activity.Id, "Tom & Eve's <script>\r\nBcc: all@example.org");
        var issued = Mailbox.Issue(activity.Id, "offered", await mailbox.AddUserAsync("eve@example.org", "Eve <b>"));

        await world.PublishAsync(issued);
        await mailbox.StandsAsync(issued, "sent");

        using var message = await MimeMessage.LoadAsync(new MemoryStream(Assert.Single(mail.Mails).Data.ToArray()));
        Assert.Equal("A place is held for you: Tom & Eve's <script>  Bcc: all@example.org", message.Subject);
        Assert.Equal(["eve@example.org"], message.To.Mailboxes.Select(to => to.Address));
        Assert.Empty(message.Bcc);
        Assert.Equal("auto-generated", message.Headers[HeaderId.AutoSubmitted]);
        Assert.Equal($"{issued.Notifications[0].NotificationId:N}@example.org", message.MessageId);
        Assert.Contains("Hello Eve <b>,", message.TextBody, StringComparison.Ordinal);
        Assert.Contains("2 people can come: accept the offer until Fri, 1 Jun 2040 18:30 UTC", message.TextBody, StringComparison.Ordinal);
        Assert.Contains("accept the offer until Fri, 1 Jun 2040 18:30 UTC", message.HtmlBody, StringComparison.Ordinal);
        Assert.Contains("Tom &amp; Eve&#39;s &lt;script&gt;", message.HtmlBody, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>", message.HtmlBody, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>", message.HtmlBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_that_the_server_refuses_for_good_fails_at_once_and_the_others_are_served()
    {
        await using var mail = MailServer.Start();
        mail.OnRecipient = recipient => recipient.StartsWith("gone", StringComparison.Ordinal) ? "550 5.1.1 no such user" : "250 OK";
        await using var world = await PushWorld.CreateAsync(Mailbox.Settings(mail));
        var mailbox = new Mailbox(world);
        var activity = await TestActivity.OpenAsync(world.Database);
        var refused = Mailbox.Issue(activity.Id, "confirmed", await mailbox.AddUserAsync("gone@example.org"));
        var garbage = Mailbox.Issue(activity.Id, "confirmed", await mailbox.AddUserAsync("nobody"));
        var good = Mailbox.Issue(activity.Id, "confirmed", await mailbox.AddUserAsync("here@example.org"));

        await Task.WhenAll(world.PublishAsync(refused), world.PublishAsync(garbage), world.PublishAsync(good));
        await mailbox.StandsAsync(refused, "failed");
        await mailbox.StandsAsync(garbage, "failed");
        await mailbox.StandsAsync(good, "sent");

        Assert.Equal(("recipient_refused", 550, 1), (await mailbox.ReadAsync<string>(refused, "last_error"), await mailbox.ReadAsync<int>(refused, "last_status"), await mailbox.ReadAsync<int>(refused, "attempts")));
        Assert.Equal("invalid_address", await mailbox.ReadAsync<string>(garbage, "last_error"));
        Assert.DoesNotContain(world.Log.Lines, line => line.Contains("@example.org", StringComparison.Ordinal) && !line.Contains("rsvp@example.org", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_mailbox_that_is_not_ready_is_tried_again_later_under_the_same_id()
    {
        await using var mail = MailServer.Start();
        mail.OnRecipient = _ => "450 4.2.0 greylisted";
        await using var world = await PushWorld.CreateAsync(Mailbox.Settings(mail));
        var mailbox = new Mailbox(world);
        var activity = await TestActivity.OpenAsync(world.Database);
        var issued = Mailbox.Issue(activity.Id, "confirmed", await mailbox.AddUserAsync("later@example.org"));

        await world.PublishAsync(issued);
        await mailbox.TriedAsync(issued, 1);
        Assert.Equal(("recipient_deferred", 1), (await mailbox.ReadAsync<string>(issued, "last_error"), await mailbox.ReadAsync<int>(issued, "attempts")));
        Assert.InRange(await mailbox.ReadAsync<TimeSpan>(issued, "due_at - now()"), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(67));
        mail.OnRecipient = _ => "250 OK";
        await mailbox.PassAsync(TimeSpan.FromSeconds(67));
        await mailbox.StandsAsync(issued, "sent");

        Assert.Equal(issued.Notifications[0].NotificationId, Assert.Single(mail.Mails).NotificationId);
    }

    [Fact]
    public async Task A_dead_server_is_tried_by_one_mail_at_a_time_and_all_mails_go_out_when_it_is_back()
    {
        await using var mail = MailServer.Start();
        await mail.KillAsync();
        await using var world = await PushWorld.CreateAsync(Mailbox.Settings(mail));
        var mailbox = new Mailbox(world);
        var activity = await TestActivity.OpenAsync(world.Database);
        var users = await Task.WhenAll(Enumerable.Range(0, 20).Select(index => mailbox.AddUserAsync($"user{index}@example.org")));
        var issued = Mailbox.Issue(activity.Id, "promoted", users);

        await world.PublishAsync(issued);
        await mailbox.TriedAsync(issued, 1);
        mail.Listen();
        await mailbox.StandsAsync(issued, "sent");

        Assert.Equal(issued.Notifications.Select(told => told.NotificationId).Order(), mail.Mails.Select(received => received.NotificationId).Order());
        Assert.Equal(1, world.Log.Count(DeliveryLoop.AwayEventId));
    }

    [Fact]
    public async Task A_refused_sender_is_the_servers_trouble_and_no_mail_is_given_up_for_it()
    {
        await using var mail = MailServer.Start();
        mail.OnSender = () => "530 5.7.0 authentication required";
        await using var world = await PushWorld.CreateAsync(Mailbox.Settings(mail));
        var mailbox = new Mailbox(world);
        var activity = await TestActivity.OpenAsync(world.Database);
        var issued = Mailbox.Issue(activity.Id, "confirmed", await mailbox.AddUserAsync("a@example.org"));

        await world.PublishAsync(issued);
        await mailbox.TriedAsync(issued, 3);
        mail.OnSender = () => "250 OK";
        await mailbox.StandsAsync(issued, "sent");

        Assert.Single(mail.Mails);
    }

    [Fact]
    public async Task Mail_that_could_not_be_sent_for_three_days_is_given_up_visibly()
    {
        await using var mail = MailServer.Start();
        mail.OnRecipient = _ => "450 4.2.0 full";
        await using var world = await PushWorld.CreateAsync(Mailbox.Settings(mail));
        var mailbox = new Mailbox(world);
        var activity = await TestActivity.OpenAsync(world.Database);
        var issued = Mailbox.Issue(activity.Id, "confirmed", await mailbox.AddUserAsync("full@example.org"));

        await world.PublishAsync(issued);
        await mailbox.TriedAsync(issued, 1);
        await mailbox.PassAsync(TimeSpan.FromHours(71));
        await mailbox.TriedAsync(issued, 2);
        Assert.Equal(1, await mailbox.CountAsync(issued, "pending"));
        await mailbox.PassAsync(TimeSpan.FromHours(2));
        await mailbox.StandsAsync(issued, "failed");

        Assert.Equal("recipient_deferred", await mailbox.ReadAsync<string>(issued, "last_error"));
    }

    [Fact]
    public async Task Without_a_mail_server_no_mail_is_planned()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var world = await PushWorld.CreateAsync(Mailbox.Settings(mail: null));
        var mailbox = new Mailbox(world);
        var activity = await TestActivity.OpenAsync(world.Database);
        var user = await mailbox.AddUserAsync("a@example.org");
        await mailbox.AddWebhookAsync(user, receiver.Url);
        var issued = Mailbox.Issue(activity.Id, "confirmed", user);

        await world.PublishAsync(issued);
        await mailbox.StandsAsync(issued, "sent");

        Assert.Equal(("webhook", 1), (await mailbox.ReadAsync<string>(issued, "channel"), await mailbox.CountAsync(issued)));
        Assert.Single(world.Log.Lines, line => line.Contains("email is not configured", StringComparison.Ordinal));
    }
}
