using Rsvp.Contracts;
using Rsvp.Notifier.Tests.Worlds;
using Rsvp.Testing;

namespace Rsvp.Notifier.Tests.Notifications;

/// <summary>Users, webhooks and issued notifications in a database, and what became of their deliveries.</summary>
internal sealed class Mailbox(TestDatabase database)
{
    internal const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    internal Mailbox(PushWorld world)
        : this(world.Database)
    {
    }

    /// <summary>Settings with which a notifier sends to the test's own servers, and looks for what is due often.</summary>
    internal static (string Key, string Value)[] Settings(MailServer? mail, params (string Key, string Value)[] more) =>
    [
        .. mail is null
            ? Array.Empty<(string, string)>()
            : [("Smtp:Host", "127.0.0.1"), ("Smtp:Port", mail.Port.ToString(null, null)), ("Smtp:Security", "None"), ("Smtp:From", "Rsvp <rsvp@example.org>")],
        ("Webhooks:AllowPrivateAddresses", "true"),
        ("Notifications:PollInterval", "00:00:00.050"),
        ("Notifications:PauseMax", "00:00:00.050"),
        .. more,
    ];

    internal async Task<Guid> AddUserAsync(string? email = null, string? name = null)
    {
        var userId = Guid.NewGuid();
        await database.ExecuteAsync("INSERT INTO users (user_id, email, name) VALUES ($1, $2::text, $3::text)", userId, email, name);
        return userId;
    }

    internal async Task<Guid> AddWebhookAsync(Guid userId, Uri url)
    {
        var webhookId = Guid.NewGuid();
        await database.ExecuteAsync(
            "INSERT INTO webhooks (webhook_id, user_id, url, secret) VALUES ($1, $2, $3, $4)", webhookId, userId, url.AbsoluteUri, Secret);
        return webhookId;
    }

    internal Task PreferAsync(Guid userId, bool email = true, bool webhook = true, params string[] muted) => database.ExecuteAsync(
        "INSERT INTO notification_preferences (user_id, email, webhook, muted_kinds) VALUES ($1, $2, $3, $4)", userId, email, webhook, muted);

    /// <summary>What a worker would have issued for these users.</summary>
    internal static NotificationsIssued Issue(Guid activityId, string kind, params IEnumerable<Guid> users) => new()
    {
        ActivityId = activityId,
        At = TimeProvider.System.GetUtcNow(),
        Notifications =
        [
            .. users.Select(user => new Notification
            {
                NotificationId = Guid.NewGuid(),
                UserId = user,
                RsvpId = Guid.NewGuid(),
                Kind = kind,
                Status = "confirmed",
                PartySize = 2,
                OfferExpiresAt = kind == "offered" ? new DateTimeOffset(2040, 6, 1, 18, 30, 0, TimeSpan.Zero) : null,
            }),
        ],
    };

    /// <summary>Waits until deliveries have reached a state.</summary>
    internal Task StandsAsync(NotificationsIssued issued, string state, int? count = null) => Eventually.HoldsAsync(
        async () => await CountAsync(issued, state) == (count ?? issued.Notifications.Count), $"{count ?? issued.Notifications.Count} deliveries are {state}");

    internal async Task<long> CountAsync(NotificationsIssued issued, string? state = null) => await database.ScalarAsync<long>(
        "SELECT count(*) FROM notification_deliveries WHERE notification_id = ANY ($1) AND state = coalesce($2::text, state)", Ids(issued), state);

    internal Task<T?> ReadAsync<T>(NotificationsIssued issued, string column) => database.ScalarAsync<T>(
        $"SELECT {column} FROM notification_deliveries WHERE notification_id = ANY ($1)", Ids(issued));

    /// <summary>Waits until each delivery was tried at least so often and its last attempt is recorded.</summary>
    internal Task TriedAsync(NotificationsIssued issued, int attempts) => Eventually.HoldsAsync(
        async () => await database.ScalarAsync<long>(
            "SELECT count(*) FROM notification_deliveries WHERE notification_id = ANY ($1) AND attempts >= $2 AND last_error IS NOT NULL", Ids(issued), attempts)
            == issued.Notifications.Count,
        $"every delivery was tried {attempts} times");

    /// <summary>Waits until whatever began to be sent on a channel before now has been recorded, while nothing can be sent on it.</summary>
    internal async Task NoneUnderWayAsync(NotificationsIssued issued, string channel)
    {
        foreach (var id in Ids(issued))
        {
            await Eventually.HoldsAsync(
                async () => await database.ScalarAsync<long>(
                    "SELECT count(*) FROM notification_deliveries WHERE notification_id = $1 AND channel = $2 AND attempts > 0 AND last_error IS NULL", id, channel) == 0,
                "no attempt is under way");
        }
    }

    /// <summary>Lets time pass for every delivery that waits: what was due in this time is due now, and what was leased in it is free.</summary>
    internal Task PassAsync(TimeSpan time) => database.ExecuteAsync(
        "UPDATE notification_deliveries SET due_at = due_at - $1, created_at = created_at - $1 WHERE state = 'pending'", time);

    private static Guid[] Ids(NotificationsIssued issued) => [.. issued.Notifications.Select(told => told.NotificationId)];
}
