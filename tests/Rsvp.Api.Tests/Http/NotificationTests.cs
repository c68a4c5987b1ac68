using System.Text.Json;
using Rsvp.Contracts;

namespace Rsvp.Api.Tests.Http;

public sealed class NotificationTests(ApiWorld world) : IClassFixture<ApiWorld>
{
    private const string Preferences = "/api/users/me/notifications";
    private const string Webhooks = "/api/users/me/webhooks";

    private readonly Guid _user = Guid.NewGuid();

    [Fact]
    public async Task Who_never_said_anything_hears_everything_and_what_is_absent_is_kept()
    {
        var before = await SendAsync(HttpMethod.Get, Preferences);
        var muted = await SendAsync(HttpMethod.Put, Preferences, """{ "email": false, "mutedKinds": ["updated", "moved"] }""");
        var less = await SendAsync(HttpMethod.Put, Preferences, """{ "webhook": false }""");
        var kept = await SendAsync(HttpMethod.Get, Preferences);
        var open = await SendAsync(HttpMethod.Put, Preferences, """{ "email": true, "mutedKinds": [] }""");

        Assert.Equal("""{"email":true,"webhook":true,"mutedKinds":[]}""", before.Json.GetRawText());
        Assert.Equal((200, """{"email":false,"webhook":true,"mutedKinds":["updated","moved"]}"""), (muted.Status, muted.Json.GetRawText()));
        Assert.Equal("""{"email":false,"webhook":false,"mutedKinds":["updated","moved"]}""", less.Json.GetRawText());
        Assert.Equal(less.Json.GetRawText(), kept.Json.GetRawText());
        Assert.Equal("""{"email":true,"webhook":false,"mutedKinds":[]}""", open.Json.GetRawText());
    }

    [Theory]
    [InlineData("""{ "mutedKinds": "updated" }""", "mutedKinds")]
    [InlineData("""{ "mutedKinds": ["weather"] }""", "mutedKinds")]
    [InlineData("""{ "mutedKinds": [1] }""", "mutedKinds")]
    [InlineData("""{ "mutedKinds": ["moved", "moved"] }""", "mutedKinds")]
    [InlineData("""{ "mutedKinds": null }""", "mutedKinds")]
    [InlineData("""{ "email": "yes" }""", "email")]
    [InlineData("""{ "sms": true }""", "sms")]
    public async Task What_cannot_be_preferred_is_refused(string body, string field)
    {
        var answer = await SendAsync(HttpMethod.Put, Preferences, body);

        Assert.Equal((400, "invalid_request"), (answer.Status, answer.Code));
        Assert.Equal([field], answer.Json.GetProperty("errors").EnumerateObject().Select(error => error.Name));
    }

    [Fact]
    public async Task A_webhooks_secret_is_shown_once()
    {
        var created = await SendAsync(HttpMethod.Post, Webhooks, """{ "url": "https://example.org/hook" }""");
        var list = await SendAsync(HttpMethod.Get, Webhooks);

        Assert.Equal((201, "https://example.org/hook", "0"), (created.Status, created.Text("url"), created.Text("failures")));
        Assert.StartsWith("whsec_", created.Text("secret"), StringComparison.Ordinal);
        Assert.Equal(32, Convert.FromBase64String(created.Text("secret")![6..]).Length);
        Assert.Equal(
            created.Text("secret"), await world.Database.ScalarAsync<string>("SELECT secret FROM webhooks WHERE webhook_id = $1", Guid.Parse(created.Text("id")!)));
        var item = Assert.Single(list.Json.GetProperty("items").EnumerateArray());
        Assert.Equal(
            ["id", "url", "createdAt", "failures", "failingSince", "disabledAt", "disabledReason"], item.EnumerateObject().Select(member => member.Name));
        Assert.Equal(JsonValueKind.Null, list.Json.GetProperty("nextCursor").ValueKind);
    }

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{ "url": null }""")]
    [InlineData("""{ "url": "http://example.org/" }""")]
    [InlineData("""{ "url": "https://localhost@example.org/" }""")]
    [InlineData("""{ "url": "https://127.0.0.1/" }""")]
    [InlineData("""{ "url": "https://[fe80::1]/" }""")]
    public async Task A_url_that_leads_nowhere_public_is_refused(string body)
    {
        var answer = await SendAsync(HttpMethod.Post, Webhooks, body);

        Assert.Equal((400, "invalid_request"), (answer.Status, answer.Code));
        Assert.True(answer.Json.GetProperty("errors").TryGetProperty("url", out _));
    }

    [Fact]
    public async Task One_user_has_ten_webhooks_at_most_also_when_all_are_registered_at_once()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 14).Select(index =>
            SendAsync(HttpMethod.Post, Webhooks, $$"""{ "url": "https://example.org/{{index}}" }""")));

        Assert.Equal(10, answers.Count(answer => answer.Status == 201));
        Assert.All(answers.Where(answer => answer.Status != 201), answer => Assert.Equal((409, "too_many_webhooks"), (answer.Status, answer.Code)));
        Assert.Equal(10L, await world.Database.ScalarAsync<long>("SELECT count(*) FROM webhooks WHERE user_id = $1", _user));
    }

    [Fact]
    public async Task A_webhook_is_its_owners_alone()
    {
        var id = (await SendAsync(HttpMethod.Post, Webhooks, """{ "url": "https://example.org/" }""")).Text("id");
        var stranger = ApiWorld.Token(Guid.NewGuid());

        foreach (var (method, path) in new[] { (HttpMethod.Delete, ""), (HttpMethod.Post, "/enable"), (HttpMethod.Get, "/deliveries") })
        {
            var answer = await world.SendAsync(method, $"{Webhooks}/{id}{path}", stranger);
            Assert.Equal((404, "webhook_not_found"), (answer.Status, answer.Code));
        }

        Assert.Equal(204, (await SendAsync(HttpMethod.Delete, $"{Webhooks}/{id}")).Status);
        Assert.Equal(404, (await SendAsync(HttpMethod.Delete, $"{Webhooks}/{id}")).Status);
    }

    [Fact]
    public async Task A_disabled_webhook_is_taken_back_into_use()
    {
        var id = Guid.Parse((await SendAsync(HttpMethod.Post, Webhooks, """{ "url": "https://example.org/" }""")).Text("id")!);
        await world.Database.ExecuteAsync(
            "UPDATE webhooks SET failures = 12, failing_since = now(), disabled_at = now(), disabled_reason = 'failing' WHERE webhook_id = $1", id);
        var disabled = (await SendAsync(HttpMethod.Get, Webhooks)).Json.GetProperty("items")[0];

        var enabled = await SendAsync(HttpMethod.Post, $"{Webhooks}/{id}/enable");

        Assert.Equal("failing", disabled.GetProperty("disabledReason").GetString());
        Assert.Equal((200, "0", "", ""), (enabled.Status, enabled.Text("failures"), enabled.Text("disabledAt"), enabled.Text("disabledReason")));
        Assert.False(enabled.Json.TryGetProperty("secret", out _));
    }

    [Fact]
    public async Task Deliveries_are_listed_newest_first_in_pages_and_go_with_their_webhook()
    {
        var id = Guid.Parse((await SendAsync(HttpMethod.Post, Webhooks, """{ "url": "https://example.org/" }""")).Text("id")!);
        for (var index = 0; index < 5; index++)
        {
            await world.Database.ExecuteAsync(
                """
                INSERT INTO notification_deliveries (notification_id, channel, target, user_id, webhook_id, activity_id, rsvp_id, kind, status, party_size, issued_at,
                                                     attempts, last_status, last_error, created_at)
                VALUES (gen_random_uuid(), 'webhook', $1, $2, $1, gen_random_uuid(), gen_random_uuid(), 'promoted', 'confirmed', 1, now(), $3, 500, 'status',
                        now() + make_interval(mins => $3))
                """,
                id,
                _user,
                index);
        }

        var attempts = new List<int>();
        string? cursor = null;
        do
        {
            var page = await SendAsync(HttpMethod.Get, $"{Webhooks}/{id}/deliveries?limit=2{(cursor is null ? "" : "&cursor=" + cursor)}");
            foreach (var item in page.Json.GetProperty("items").EnumerateArray())
            {
                attempts.Add(item.GetProperty("attempts").GetInt32());
                Assert.Equal(("rsvp.promoted", "pending", 500, "status"), (item.GetProperty("type").GetString(), item.GetProperty("state").GetString(), item.GetProperty("lastStatus").GetInt32(), item.GetProperty("lastError").GetString()));
                Assert.NotEqual(JsonValueKind.Null, item.GetProperty("nextAttemptAt").ValueKind);
            }

            cursor = page.Json.GetProperty("nextCursor").GetString();
        }
        while (cursor is not null);
        await SendAsync(HttpMethod.Delete, $"{Webhooks}/{id}");

        Assert.Equal([4, 3, 2, 1, 0], attempts);
        Assert.Equal(0L, await world.Database.ScalarAsync<long>("SELECT count(*) FROM notification_deliveries WHERE user_id = $1", _user));
    }

    [Fact]
    public async Task A_deleted_user_has_neither_preferences_nor_webhooks()
    {
        await world.Database.ExecuteAsync("INSERT INTO users (user_id, deleted_at) VALUES ($1, now())", _user);

        foreach (var (method, path, body) in new[]
        {
            (HttpMethod.Get, Preferences, null), (HttpMethod.Put, Preferences, "{}"), (HttpMethod.Get, Webhooks, null),
            (HttpMethod.Post, Webhooks, """{ "url": "https://example.org/" }"""),
        })
        {
            var answer = await SendAsync(method, path, body);
            Assert.Equal((403, "user_deleted"), (answer.Status, answer.Code));
        }

        Assert.Equal(0L, await world.Database.ScalarAsync<long>("SELECT (SELECT count(*) FROM webhooks WHERE user_id = $1) + (SELECT count(*) FROM notification_preferences WHERE user_id = $1)", _user));
    }

    [Fact]
    public async Task The_document_says_what_may_be_muted()
    {
        var document = (await world.SendAsync(HttpMethod.Get, "/openapi/v1.json", token: null)).Json;

        var put = document.GetProperty("paths").GetProperty(Preferences).GetProperty("put");
        var kinds = put.GetProperty("requestBody").GetProperty("content").GetProperty("application/json").GetProperty("schema").GetProperty("properties").GetProperty("mutedKinds");
        Assert.Equal("array", kinds.GetProperty("type").GetString());
        Assert.Equal(NotificationKinds.All, kinds.GetProperty("items").GetProperty("enum").EnumerateArray().Select(kind => kind.GetString()));
        var post = document.GetProperty("paths").GetProperty(Webhooks).GetProperty("post").GetProperty("responses");
        Assert.Equal(["201", "400", "401", "403", "409", "413", "415", "429", "500", "503"], post.EnumerateObject().Select(response => response.Name).Order());
    }

    private Task<Answer> SendAsync(HttpMethod method, string path, string? body = null) => world.SendAsync(method, path, ApiWorld.Token(_user), body);
}
