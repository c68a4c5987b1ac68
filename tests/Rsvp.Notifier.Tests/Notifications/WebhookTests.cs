using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Rsvp.Notifier.Notifications.Webhooks;
using Rsvp.Notifier.Tests.Worlds;
using Rsvp.Testing;

namespace Rsvp.Notifier.Tests.Notifications;

/// <summary>Webhooks to a real HTTP server.</summary>
public sealed class WebhookTests
{
    [Fact]
    public async Task Every_notification_is_sent_once_to_each_webhook_of_its_user_signed_and_in_the_standard_form()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var world = await PushWorld.CreateAsync(Mailbox.Settings(mail: null));
        var mailbox = new Mailbox(world);
        var activity = await TestActivity.OpenAsync(world.Database);
        var user = await mailbox.AddUserAsync();
        await mailbox.AddWebhookAsync(user, receiver.Url);
        await mailbox.AddWebhookAsync(user, new Uri(receiver.Url, "/other"));
        var issued = Mailbox.Issue(activity.Id, "offered", user, await mailbox.AddUserAsync());

        await world.PublishAsync(issued);
        await world.PublishAsync(issued);
        await mailbox.StandsAsync(issued, "sent", count: 2);
        await world.PublishAsync(issued);
        var last = Mailbox.Issue(activity.Id, "cancelled", user);
        await world.PublishAsync(last);
        await mailbox.StandsAsync(last, "sent", count: 2);

        Assert.Equal(["/hook rsvp.cancelled", "/hook rsvp.offered", "/other rsvp.cancelled", "/other rsvp.offered"],
            receiver.Received.Select(webhook => $"{webhook.Path} {webhook.Json.GetProperty("type").GetString()}").Order());
        var told = issued.Notifications[0];
        var first = receiver.Received[0];
        Assert.Equal(told.NotificationId, first.NotificationId);
        Assert.Equal("application/json", first.Headers["content-type"]);
        Assert.Equal(Independent(first), first.Headers["webhook-signature"]);
        Assert.Equal(["type", "timestamp", "data"], first.Json.EnumerateObject().Select(member => member.Name));
        var data = first.Json.GetProperty("data");
        Assert.Equal(["notificationId", "activityId", "rsvpId", "userId", "status", "partySize", "offerExpiresAt"], data.EnumerateObject().Select(member => member.Name));
        Assert.Equal((told.RsvpId, 2), (data.GetProperty("rsvpId").GetGuid(), data.GetProperty("partySize").GetInt32()));
        Assert.Equal("2040-06-01T18:30:00Z", data.GetProperty("offerExpiresAt").GetString());
    }

    // The example of the specification.
    [Fact]
    public void The_signature_is_that_of_the_specification() => Assert.Equal(
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        WebhookSignature.Sign(Mailbox.Secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", "{\"test\": 2432232314}"u8));

    [Fact]
    public async Task What_fails_is_tried_again_after_the_suggested_times_with_the_same_id_and_body_and_at_last_given_up()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer(500);
        await using var world = await PushWorld.CreateAsync(Mailbox.Settings(mail: null));
        var mailbox = new Mailbox(world);
        var activity = await TestActivity.OpenAsync(world.Database);
        var user = await mailbox.AddUserAsync();
        await mailbox.AddWebhookAsync(user, receiver.Url);
        var issued = Mailbox.Issue(activity.Id, "confirmed", user);
        double[] minutes = [5.0 / 60, 5, 30, 120, 300, 600, 840, 1200, 1440];

        await world.PublishAsync(issued);
        foreach (var (index, delay) in minutes.Select(TimeSpan.FromMinutes).Index())
        {
            await mailbox.TriedAsync(issued, index + 1);
            Assert.Equal(index + 1, await mailbox.ReadAsync<int>(issued, "attempts"));
            Assert.InRange(await mailbox.ReadAsync<TimeSpan>(issued, "due_at - now()"), (delay * 0.5) - TimeSpan.FromSeconds(2), delay * 1.1);
            await mailbox.PassAsync(delay * 1.1);
        }

        await mailbox.StandsAsync(issued, "failed");
        Assert.Equal(10, receiver.Received.Count);
        Assert.Equal((500, "status"), (await mailbox.ReadAsync<int>(issued, "last_status"), await mailbox.ReadAsync<string>(issued, "last_error")));
        Assert.Single(receiver.Received.Select(webhook => webhook.NotificationId).Distinct());
        Assert.Single(receiver.Received.Select(webhook => Convert.ToHexString(webhook.Body)).Distinct());
        Assert.All(receiver.Received, webhook => Assert.Equal(Independent(webhook), webhook.Headers["webhook-signature"]));
    }

    [Theory]
    [InlineData("redirect")]
    [InlineData("timeout")]
    [InlineData("endless")]
    [InlineData("retry-after")]
    public async Task A_strange_answer_harms_nobody(string kind)
    {
        await using var elsewhere = await WebhookReceiver.StartAsync();
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var world = await PushWorld.CreateAsync(Mailbox.Settings(mail: null, ("Notifications:WebhookTimeout", "00:00:00.500")));
        var mailbox = new Mailbox(world);
        var activity = await TestActivity.OpenAsync(world.Database);
        var user = await mailbox.AddUserAsync();
        await mailbox.AddWebhookAsync(user, receiver.Url);
        var issued = Mailbox.Issue(activity.Id, "confirmed", user);
        receiver.OnRequest = async http =>
        {
            switch (kind)
            {
                case "redirect":
                    http.Response.Redirect(elsewhere.Url.AbsoluteUri);
                    break;
                case "retry-after":
                    http.Response.StatusCode = 429;
                    http.Response.Headers.RetryAfter = "3600";
                    break;
                case "endless":
                    while (!http.RequestAborted.IsCancellationRequested)
                    {
                        await http.Response.Body.WriteAsync(new byte[64 * 1024], http.RequestAborted);
                    }

                    break;
                default:
                    var gone = new TaskCompletionSource();
                    await using (http.RequestAborted.Register(gone.SetResult))
                    {
                        await gone.Task;
                    }

                    break;
            }
        };

        await world.PublishAsync(issued);
        if (kind == "endless")
        {
            // Its status said yes; the rest is not read.
            await mailbox.StandsAsync(issued, "sent");
            return;
        }

        await mailbox.TriedAsync(issued, 1);

        Assert.Equal(kind == "retry-after" ? "status" : kind, await mailbox.ReadAsync<string>(issued, "last_error"));
        Assert.Equal(kind switch { "redirect" => 302, "retry-after" => 429, _ => 0 }, await mailbox.ReadAsync<int>(issued, "last_status"));
        Assert.Equal(kind == "retry-after", await mailbox.ReadAsync<TimeSpan>(issued, "due_at - now()") > TimeSpan.FromMinutes(30));
        Assert.Empty(elsewhere.Received);
    }

    [Fact]
    public async Task An_endpoint_that_is_gone_is_disabled_at_once_and_what_waits_for_it_fails()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer(500);
        await using var world = await PushWorld.CreateAsync(Mailbox.Settings(mail: null));
        var mailbox = new Mailbox(world);
        var activity = await TestActivity.OpenAsync(world.Database);
        var user = await mailbox.AddUserAsync();
        var webhook = await mailbox.AddWebhookAsync(user, receiver.Url);
        var (waiting, fatal, later) = (Mailbox.Issue(activity.Id, "confirmed", user), Mailbox.Issue(activity.Id, "updated", user), Mailbox.Issue(activity.Id, "cancelled", user));
        await world.PublishAsync(waiting);
        await mailbox.TriedAsync(waiting, 1);

        receiver.Answer(410);
        await world.PublishAsync(fatal);
        await mailbox.StandsAsync(fatal, "failed");
        await mailbox.StandsAsync(waiting, "failed");
        await world.PublishAsync(later);
        var other = await mailbox.AddUserAsync();
        await mailbox.AddWebhookAsync(other, receiver.Url);
        var marker = Mailbox.Issue(activity.Id, "confirmed", other);
        await world.PublishAsync(marker);
        await mailbox.StandsAsync(marker, "failed");

        Assert.Equal("gone", await world.Database.ScalarAsync<string>("SELECT disabled_reason FROM webhooks WHERE webhook_id = $1", webhook));
        Assert.Equal((410, "webhook_disabled"), (await mailbox.ReadAsync<int>(fatal, "last_status"), await mailbox.ReadAsync<string>(waiting, "last_error")));
        Assert.Equal(0, await mailbox.CountAsync(later));
    }

    [Fact]
    public async Task An_endpoint_that_failed_for_three_days_is_disabled_and_one_success_in_between_saves_it()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var world = await PushWorld.CreateAsync(Mailbox.Settings(mail: null));
        var mailbox = new Mailbox(world);
        var activity = await TestActivity.OpenAsync(world.Database);
        var (dead, alive) = (await mailbox.AddUserAsync(), await mailbox.AddUserAsync());
        var deadHook = await mailbox.AddWebhookAsync(dead, new Uri(receiver.Url, "/dead"));
        var aliveHook = await mailbox.AddWebhookAsync(alive, new Uri(receiver.Url, "/alive"));
        var fails = true;
        receiver.OnRequest = http =>
        {
            http.Response.StatusCode = fails || http.Request.Path == "/dead" ? 503 : 204;
            return Task.CompletedTask;
        };

        for (var index = 0; index < WebhookHealth.FailuresMin - 1; index++)
        {
            await FailAsync();
        }

        // The three days: the first failure lies that far back.
        await world.Database.ExecuteAsync("UPDATE webhooks SET failing_since = failing_since - $1", WebhookHealth.FailingFor);
        fails = false;
        var success = Mailbox.Issue(activity.Id, "confirmed", alive);
        await world.PublishAsync(success);
        await mailbox.StandsAsync(success, "sent");
        fails = true;
        await FailAsync();

        Assert.Equal("failing", await ReasonAsync(deadHook));
        Assert.Null(await ReasonAsync(aliveHook));
        Assert.Equal(1, await world.Database.ScalarAsync<int>("SELECT failures FROM webhooks WHERE webhook_id = $1", aliveHook));

        async Task FailAsync()
        {
            var issued = Mailbox.Issue(activity.Id, "confirmed", dead, alive);
            await world.PublishAsync(issued);
            await mailbox.TriedAsync(issued, 1);
        }

        Task<string?> ReasonAsync(Guid id) => world.Database.ScalarAsync<string>("SELECT disabled_reason FROM webhooks WHERE webhook_id = $1", id);
    }

    [Theory]
    [InlineData("http://127.0.0.1", "address_refused")]
    [InlineData("https://127.0.0.1", "address_refused")]
    [InlineData("https://localhost", "address_refused")]
    [InlineData("https://[::1]", "address_refused")]
    [InlineData("https://[::ffff:127.0.0.1]", "address_refused")]
    public async Task A_private_address_is_refused_also_behind_a_name(string origin, string error)
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var world = await PushWorld.CreateAsync(Mailbox.Settings(mail: null, ("Webhooks:AllowPrivateAddresses", "false")));
        var mailbox = new Mailbox(world);
        var activity = await TestActivity.OpenAsync(world.Database);
        var user = await mailbox.AddUserAsync();
        await mailbox.AddWebhookAsync(user, new Uri($"{origin}:{receiver.Url.Port.ToString(CultureInfo.InvariantCulture)}/hook"));
        var issued = Mailbox.Issue(activity.Id, "confirmed", user);

        await world.PublishAsync(issued);
        await mailbox.TriedAsync(issued, 1);

        Assert.Equal(error, await mailbox.ReadAsync<string>(issued, "last_error"));
        Assert.Empty(receiver.Received);
    }

    [Fact]
    public async Task Where_private_addresses_are_allowed_the_same_name_is_reached()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var world = await PushWorld.CreateAsync(Mailbox.Settings(mail: null));
        var mailbox = new Mailbox(world);
        var activity = await TestActivity.OpenAsync(world.Database);
        var user = await mailbox.AddUserAsync();
        await mailbox.AddWebhookAsync(user, new Uri($"http://localhost:{receiver.Url.Port.ToString(CultureInfo.InvariantCulture)}/hook"));
        var issued = Mailbox.Issue(activity.Id, "confirmed", user);

        await world.PublishAsync(issued);
        await mailbox.StandsAsync(issued, "sent");

        Assert.Single(receiver.Received);
    }

    /// <summary>The signature as a receiver computes it from what it got.</summary>
    private static string Independent(ReceivedWebhook webhook)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Convert.FromBase64String(Mailbox.Secret[6..]));
        hmac.AppendData(Encoding.ASCII.GetBytes(webhook.Headers["webhook-id"] + "." + webhook.Headers["webhook-timestamp"] + "."));
        hmac.AppendData(webhook.Body);
        return "v1," + Convert.ToBase64String(hmac.GetHashAndReset());
    }
}
