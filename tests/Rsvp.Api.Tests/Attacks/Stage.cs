using System.Buffers.Text;
using System.Security.Cryptography;
using Rsvp.Api.Tests.Http;
using Rsvp.Testing;

namespace Rsvp.Api.Tests.Attacks;

/// <summary>An activity with its host, somebody's RSVP, group, webhook and request, and everybody who might ask about them.</summary>
internal sealed class Stage
{
    /// <summary>Who asks, in the order of the table.</summary>
    internal static readonly string[] Roles = ["anonymous", "user", "other host", "owner", "host", "former host", "admin", "deleted"];

    private readonly Dictionary<string, Guid> _people = Roles.ToDictionary(role => role, _ => Guid.NewGuid());

    private Stage()
    {
    }

    /// <summary>Of the activity, the RSVP, the group and the webhook.</summary>
    internal Guid Activity { get; } = Guid.NewGuid();

    internal Guid Rsvp { get; } = Guid.NewGuid();

    internal Guid Group { get; } = Guid.NewGuid();

    internal Guid Webhook { get; } = Guid.NewGuid();

    /// <summary>Of the address of the owner's calendar.</summary>
    internal byte[] CalendarSecret { get; } = RandomNumberGenerator.GetBytes(32);

    /// <summary>A request of the owner.</summary>
    internal Guid Request { get; private set; }

    internal Guid Owner => _people["owner"];

    /// <summary>What only the owner, the hosts and admins may read.</summary>
    internal IReadOnlyList<string> Secrets => [Owner.ToString(), $"Zoe{Rsvp:N}", $"ramp{Rsvp:N}", $"z{Rsvp:N}@example.org"];

    internal static async Task<Stage> SetAsync(ApiWorld world)
    {
        var stage = new Stage();
        var others = Guid.NewGuid();
        await InsertAsync(world.Database, stage, others);
        var submitted = await world.SendAsync(HttpMethod.Post, $"/api/activities/{stage.Activity}/rsvp", stage.Token("owner"));
        Assert.Equal(202, submitted.Status);
        stage.Request = Guid.Parse(submitted.Text("requestId")!);
        return stage;
    }

    /// <summary>Null for nobody.</summary>
    internal string? Token(string role) => role == "anonymous" ? null : ApiWorld.Token(_people[role], role: role == "admin" ? "admin" : null);

    /// <summary>A route's path with the ids of this stage in it.</summary>
    internal string PathOf(string route) => route
        .Replace("{activityId}", Activity.ToString(), StringComparison.Ordinal)
        .Replace("{rsvpId}", Rsvp.ToString(), StringComparison.Ordinal)
        .Replace("{userId}", Owner.ToString(), StringComparison.Ordinal)
        .Replace("{groupId}", Group.ToString(), StringComparison.Ordinal)
        .Replace("{requestId}", Request.ToString(), StringComparison.Ordinal)
        .Replace("{webhookId}", Webhook.ToString(), StringComparison.Ordinal)
        .Replace("{secret}", Base64Url.EncodeToString(CalendarSecret), StringComparison.Ordinal)
        .Replace("{**path}", "app.js", StringComparison.Ordinal)
        .Replace("{documentName}.json", "v1.json", StringComparison.Ordinal)
        .Replace("/{documentName?}", "/", StringComparison.Ordinal);

    private static async Task InsertAsync(TestDatabase database, Stage stage, Guid othersActivity)
    {
        await database.ExecuteAsync(
            "INSERT INTO users (user_id, name, email) VALUES ($1, $2, $3)", stage.Owner, stage.Secrets[1], stage.Secrets[3]);
        await database.ExecuteAsync(
            "INSERT INTO users (user_id, name, deleted_at) SELECT id, 'N', CASE WHEN id = $2 THEN now() END FROM unnest($1::uuid[]) AS id WHERE id <> $3",
            stage._people.Values.ToArray(),
            stage._people["deleted"],
            stage.Owner);
        await database.ExecuteAsync(
            """
            INSERT INTO activities (activity_id, title, starts_at, capacity, max_party_size, max_group_size, waitlist_enabled, promotion_mode, offer_minutes,
                promotion_cutoff_minutes, participants_visible, confirmed_participants, next_line_key, log_seq, version, created_at, updated_at)
            SELECT id, 'T', now() + interval '1 day', 10, 10, 10, true, 'auto', 60, 0, false, CASE WHEN id = $1 THEN 2 ELSE 0 END, 0, 0, 1, now(), now()
            FROM unnest(ARRAY[$1::uuid, $2::uuid]) AS id
            """,
            stage.Activity,
            othersActivity);
        await database.ExecuteAsync(
            "INSERT INTO activity_hosts (activity_id, user_id, added_at) VALUES ($1, $2, now()), ($3, $4, now())",
            stage.Activity,
            stage._people["host"],
            othersActivity,
            stage._people["other host"]);
        await database.ExecuteAsync(
            "INSERT INTO rsvp_groups (group_id, activity_id, created_by, all_or_nothing, created_at) VALUES ($1, $2, $3, false, now())", stage.Group, stage.Activity, stage.Owner);
        await database.ExecuteAsync(
            """
            INSERT INTO rsvps (rsvp_id, activity_id, user_id, status, guest_count, special_requirements, group_id, place_id, version, created_at, updated_at)
            VALUES ($1, $2, $3, 'confirmed', 1, $4, $5, $1, 1, now(), now())
            """,
            stage.Rsvp,
            stage.Activity,
            stage.Owner,
            stage.Secrets[2],
            stage.Group);
        await database.ExecuteAsync(
            "INSERT INTO calendar_feeds (user_id, secret_hash) VALUES ($1, $2)", stage.Owner, SHA256.HashData(stage.CalendarSecret));
        await database.ExecuteAsync(
            "INSERT INTO webhooks (webhook_id, user_id, url, secret) VALUES ($1, $2, 'https://example.org/', 'whsec_c2VjcmV0')", stage.Webhook, stage.Owner);
    }
}
