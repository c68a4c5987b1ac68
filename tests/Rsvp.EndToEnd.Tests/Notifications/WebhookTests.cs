using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Rsvp.EndToEnd.Tests.Systems;
using Rsvp.Testing;

namespace Rsvp.EndToEnd.Tests.Notifications;

/// <summary>A webhook from its registration to its end, on real processes with the rights that they have in production.</summary>
[Collection(SystemCollection.Name)]
public sealed class WebhookTests(SystemFixture system)
{
    [Fact]
    public async Task A_user_registers_a_webhook_hears_of_their_rsvps_and_ends_it()
    {
        SystemFixture.NeedsOwn();
        await using var receiver = await WebhookReceiver.StartAsync();
        var activity = await system.NewPerson().OpenAsync(capacity: 1);
        var (seated, waiting) = (system.NewPerson(), system.NewPerson());
        var created = await waiting.SendAsync(HttpMethod.Post, "/api/users/me/webhooks", $$"""{ "url": "{{receiver.Url}}" }""");
        var path = $"/api/users/me/webhooks/{created.Body.GetProperty("id").GetString()}";
        var muted = await waiting.SendAsync(HttpMethod.Put, "/api/users/me/notifications", """{ "mutedKinds": ["waitlisted"] }""");

        await seated.SubmitAsync(activity);
        await waiting.SubmitAsync(activity);
        await seated.CancelAsync(activity);
        await Eventually.HoldsAsync(() => receiver.Received.Count == 1, "the promotion was told");
        receiver.Answer(410);
        await waiting.CancelAsync(activity);
        await Eventually.HoldsAsync(
            async () => (await waiting.GetAsync("/api/users/me/webhooks")).Body.GetProperty("items")[0].GetProperty("disabledReason").GetString() == "gone", "it is disabled");
        List<JsonElement> deliveries = [];
        await Eventually.HoldsAsync(
            async () =>
            {
                deliveries = [.. (await waiting.GetAsync(path + "/deliveries")).Body.GetProperty("items").EnumerateArray()];
                return deliveries.All(delivery => delivery.GetProperty("lastStatus").ValueKind == JsonValueKind.Number);
            },
            "the answers are on record, which is after it was disabled");
        var enabled = await waiting.SendAsync(HttpMethod.Post, path + "/enable");
        var deleted = await waiting.SendAsync(HttpMethod.Delete, path);

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (created.Status, muted.Status));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NoContent), (enabled.Status, deleted.Status));
        Assert.Equal(["rsvp.promoted", "rsvp.cancelled"], receiver.Received.Select(webhook => webhook.Json.GetProperty("type").GetString()));
        Assert.Equal(
            [("rsvp.cancelled", "failed", 410), ("rsvp.promoted", "sent", 204)],
            deliveries.Select(delivery => (delivery.GetProperty("type").GetString(), delivery.GetProperty("state").GetString(), delivery.GetProperty("lastStatus").GetInt32())));
        var key = Convert.FromBase64String(created.Body.GetProperty("secret").GetString()!["whsec_".Length..]);
        Assert.All(receiver.Received, webhook =>
        {
            byte[] signed = [.. Encoding.UTF8.GetBytes($"{webhook.Headers["webhook-id"]}.{webhook.Headers["webhook-timestamp"]}."), .. webhook.Body];
            Assert.Equal("v1," + Convert.ToBase64String(HMACSHA256.HashData(key, signed)), webhook.Headers["webhook-signature"]);
        });
        await system.AssertAuditIsCleanAsync();
    }

    [Fact]
    public async Task A_notifier_killed_when_a_webhook_has_left_and_that_is_not_on_record_sends_it_again_with_the_same_id()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var activity = await system.OpenAsync(capacity: 1);
        var person = system.NewPerson();
        await person.SendAsync(HttpMethod.Post, "/api/users/me/webhooks", $$"""{ "url": "{{receiver.Url}}" }""");
        try
        {
            await system.Instance.StopAsync("notifier-1", CancellationToken.None);
            await system.StartArmedAsync("notifier-1", "after_send:kill");
            await person.SubmitAsync(activity);
            await Eventually.HoldsAsync(() => system.Instance.State.Alive("notifier-1") is null, "the notifier dies when it has sent the webhook");
        }
        finally
        {
            await system.Instance.StartAsync("notifier-1", CancellationToken.None);
        }

        // Two minutes later nobody is sending it any more.
        await system.ChangeAsync(
            "UPDATE notification_deliveries SET due_at = now() WHERE channel = 'webhook' AND activity_id = $1", activity);
        await Eventually.HoldsAsync(() => receiver.Received.Count == 2, "it is sent again");
        Assert.Single(receiver.Received.Select(webhook => webhook.Headers["webhook-id"]).Distinct());
        await system.AssertAuditIsCleanAsync();
    }
}
